"""What a person may type on the queue."""

from wtforms import StringField

from crm.web import clean_line
from crm.web.forms import LINE, Form


class SearchForm(Form):
    """A name, a number to call, an e-mail address, or the short reference that people say aloud."""

    q = StringField("Find a person", filters=[lambda typed: clean_line(typed)[:LINE]])
