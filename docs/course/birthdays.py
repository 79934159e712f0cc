import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="A shared birthday")


@app.cell
def _():
    import marimo as mo
    import random

    return mo, random


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # A shared birthday

    How likely is it that two people in a room have their birthday on the same day? Guess first: what number of people
    makes it as likely as not?
    """)
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    ## Counting

    It is easier to ask how likely it is that all birthdays differ. The second person has 364 of 365 days left, the third
    one 363, and so on. Change `people`, and see what follows.
    """)
    return


@app.cell
def _():
    people = 23
    return (people,)


@app.cell
def _(people):
    def chance_of_a_shared_birthday(people, days=365):
        all_differ = 1.0
        for number in range(people):
            all_differ *= (days - number) / days
        return 1 - all_differ


    chance = chance_of_a_shared_birthday(people)
    f"{people} people: {chance:.1%}"
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    ## Trying it out

    Make up many rooms, and count those in which two people share a birthday.
    """)
    return


@app.cell
def _(people, random):
    dice = random.Random(1)
    rooms = 5_000
    shared = sum(len({dice.randrange(365) for _ in range(people)}) < people for _ in range(rooms))
    f"{shared} of {rooms} rooms: {shared / rooms:.1%}"
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    ## Your turn

    1. From how many people on is it more likely than not?
    2. How many would it take on a planet whose year has 687 days?
    """)
    return


if __name__ == "__main__":
    app.run()
