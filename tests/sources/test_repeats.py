"""The same row is recognised when it comes again, from another export or after the webhook; another person's is not."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.sources.tables import fingerprint, gravity_key, rows, shape_of

ANN = {"Name": "Ann Lee", "Phone": "720 555 0101", "Message": "is there room?"}


def prints(whole: str) -> list[str]:
    raw = whole.encode()
    return [fingerprint(row.values) for row in rows([raw], shape_of(raw))]


@pytest.mark.parametrize("again", [
    "Message;Name;Phone\nis there room?;Ann Lee;720 555 0101\n",
    "NAME, phone ,Message\n Ann  Lee,720 555 0101 ,is there  room?\n",
    "Name,Phone,Notes,Message\nAnn Lee,720 555 0101,,is there room?\n",
    '"Name"\t"Phone"\t"Message"\r\n"Ann Lee"\t"720 555 0101"\t"is there\r\nroom?"\r\n',
])  # fmt: skip
def test_the_same_row_again_is_the_same(again):
    assert prints(again) == [fingerprint(ANN)]


@pytest.mark.parametrize("other", [
    ANN | {"Name": "Ann Lea"}, ANN | {"Phone": "720 555 0102"}, ANN | {"Message": "is there room? 2"},
    {"Name": "Ann Lee", "Phone": "720 555 0101is there room?"},
    {"Phone": "Ann Lee", "Name": "720 555 0101", "Message": "is there room?"},
])  # fmt: skip
def test_another_row_is_another(other):
    assert fingerprint(other) != fingerprint(ANN)


def test_a_hash_of_the_cells_as_they_stand_is_caught():
    """The known-bad variant: what a spreadsheet does to columns and blanks would make everybody new."""
    plain = b"Message;Name;Phone\nis there room?;Ann Lee;720 555 0101\n"
    [row] = rows([plain], shape_of(plain))

    assert row.values == ANN and list(row.values.items()) != list(ANN.items())
    assert hashlib.sha256(str(row.values).encode()).digest() != hashlib.sha256(str(ANN).encode()).digest()


def test_columns_with_the_same_name_or_none_may_change_places():
    assert prints("Phone,,Phone,Name\n1,x,2,Ann\n") == prints("Name,Phone,Phone,\nAnn,2,1,x\n")


@given(st.dictionaries(st.text("abcdef", min_size=1), st.text(), max_size=5), st.randoms())
def test_order_never_counts(values, random):
    shuffled = list(values.items())
    random.shuffle(shuffled)

    assert fingerprint(dict(shuffled)) == fingerprint(values)


@pytest.mark.parametrize("name", [
    "Entry Id", "Entry ID", "entry_id", "ID - Entrada", "ID Entrada", "ID de la entrada", "ID de entrada",
])  # fmt: skip
def test_an_entry_that_the_webhook_brought_is_known(name):
    """Its number in the export and its form make the key that the webhook's `form_id` and `id` make."""
    whole = f'\ufeff"{name}","Name (First)","Name (Last)"\n"4187","Dana","Whitlock"\n'.encode()
    [row] = rows([whole], shape_of(whole))

    assert gravity_key(row.values, form="3") == "3:4187"


@pytest.mark.parametrize(("values", "form", "key"), [
    ({"Entry Id": "4187", "Form Id": "3"}, "", "3:4187"),
    ({"ID - Entrada": "4187", "ID Formulario": "3"}, "9", "3:4187"),
    ({"Entry Id": "4187.0"}, "3", "3:4187"),
    ({"Entry Id": " 04187 "}, "3", "3:4187"),
    ({"Entry Id": "4187"}, "", None),
    ({"Entry Id": ""}, "3", None),
    ({"Entry Id": "0"}, "3", None),
    ({"Entry Id": "4.187e+03"}, "3", None),
    ({"Entry Id": "4187", "ID de entrada": "4188"}, "3", None),
    ({"Entry Id (2)": "4187", "Entry Date": "4187", "Post Id": "4187"}, "3", None),
    (ANN, "3", None),
])  # fmt: skip
def test_only_a_number_that_is_certain_makes_a_key(values, form, key):
    assert gravity_key(values, form) == key
