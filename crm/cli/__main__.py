"""`python -m crm.cli` is `crm`."""

import sys

from crm.cli import main

sys.exit(main())
