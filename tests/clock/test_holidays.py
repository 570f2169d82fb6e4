"""The federal holidays by rule, against the years the government printed."""

from datetime import date

import pytest

from crm.clock.holidays import federal_holidays


def test_the_holidays_of_2026():
    assert federal_holidays(2026) == {
        date(2026, 1, 1): "New Year's Day",
        date(2026, 1, 19): "Birthday of Martin Luther King, Jr.",
        date(2026, 2, 16): "Washington's Birthday",
        date(2026, 5, 25): "Memorial Day",
        date(2026, 6, 19): "Juneteenth National Independence Day",
        date(2026, 7, 3): "Independence Day (observed)",
        date(2026, 7, 4): "Independence Day",
        date(2026, 9, 7): "Labor Day",
        date(2026, 10, 12): "Columbus Day",
        date(2026, 11, 11): "Veterans Day",
        date(2026, 11, 26): "Thanksgiving Day",
        date(2026, 12, 25): "Christmas Day",
    }


def test_they_come_in_order():
    assert list(federal_holidays(2027)) == sorted(federal_holidays(2027))


@pytest.mark.parametrize(
    ("year", "day", "name"),
    [
        (2021, date(2021, 12, 31), "New Year's Day (observed)"),  # Saturday 1 January 2022
        (2023, date(2023, 1, 2), "New Year's Day (observed)"),  # Sunday
        (2022, date(2022, 12, 26), "Christmas Day (observed)"),
        (2023, date(2023, 11, 10), "Veterans Day (observed)"),
        (2027, date(2027, 5, 31), "Memorial Day"),
        (2024, date(2024, 11, 28), "Thanksgiving Day"),
    ],
)
def test_weekends_and_moving_mondays(year, day, name):
    assert federal_holidays(year)[day] == name


def test_a_year_holds_only_its_own_days():
    assert all(day.year == 2022 for day in federal_holidays(2022))
