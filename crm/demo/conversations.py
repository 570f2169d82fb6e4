"""People of the demo clinic who talk with us: in conversation, leaving inpatient care, before an assessment, not now.

Everybody is invented. The order is the coach's: crm.demo.clinic says whose people they are.
"""

from crm.demo.people import CALL, EMAIL, TEXT, Someone

MARCUS = (
    Someone("Keisha Moore", "self", "CO", "I come home from inpatient on Saturday. First time in my own kitchen in two "
            "months. A call in the first days would help.", (CALL, TEXT)),
    Someone("Theresa Roth", "self", "OH", "Please text first, then call. I work nights and my phone is off until I "
            "wake up.", (CALL, TEXT), "no"),
    Someone("Ben Castellano", "self", "TX", "My old coach moved away. I'm back at work and sleeping better, and I'd "
            "like to keep the weekly call going.", (CALL, TEXT, EMAIL), "yes"),
    Someone("Ines Padilla", "loved", "NM", "Is there something for families? My nephew lives with us since he came "
            "back, and we all walk on eggshells."),
    Someone("Ana Ruiz", "self", "CO", "Ready to start. I have childcare on weekday mornings only, is that all right?",
            (CALL, TEXT), best=("am",)),
    Someone("Rob Oduya", "self", "TX", "Eight months. Quiet ones. I'd like somebody to notice if I go quiet too.",
            (CALL,)),
    Someone("Sofia Vega", "self", "NM", "Prefiero español para las cosas difíciles y inglés para lo demás. Quiero "
            "seguir con mi plan y volver a estudiar.", (CALL, TEXT), "name", "es"),
    Someone("Jules Kaminski", "self", "OH", "Between two apartments right now, so please use the mobile. Meetings "
            "help, mornings are harder.", (CALL, TEXT)),
    Someone("Deshawn Carter", "self", "CO", "My probation officer wants a plan on paper by the end of the month. I "
            "want one too, honestly."),
    Someone("Lena Brandt", "loved", "CO", "For my mother. She finished outpatient in the summer, and Sundays are the "
            "difficult day for her.", (CALL,)),
    Someone("Miguel Santos", "self", "TX", "I coach my girl's soccer team and I'd like to still be doing that in "
            "spring.", (CALL, TEXT), "yes"),
    Someone("Holly Trent", "self", "OH", "Nurse, on leave, going back in January. Looking for somebody who gets how "
            "that feels.", (TEXT, EMAIL), "no"),
)

TESS = (
    Someone("Kai Nakamura", "self", "HI", "Found you through a friend in Oregon. Does the time difference matter?"),
    Someone("Marisol Duran", "loved", "CA", "My son leaves inpatient next week. We are six people in the house and all "
            "of us want to help, which is maybe too much help.", (CALL, TEXT)),
    Someone("Graham Stokes", "self", "OR", "Long-haul recovery, short-term trouble with sleep. Could use a second "
            "pair of eyes on my week.", (CALL, EMAIL)),
    Someone("Yuki Tanaka", "self", "WA", "I prefer e-mail to start with. My English is better in writing.", (EMAIL,)),
    Someone("Elliot Frame", "self", "CA", "Ninety meetings in ninety days, done. What do people do on day ninety-one?"),
    Someone("Rosa Ibarra", "self", "AZ", "Salgo de la residencia el viernes. Mi hermana me recoge. Quiero tener la "
            "primera cita antes del lunes.", (CALL,), "name", "es"),
    Someone("Dee Lang", "loved", "NV", "My roommate asked me to write, her hands were full with the baby. She'd like "
            "a call on Tuesdays.", (CALL, TEXT)),
    Someone("Connor Walsh", "self", "WA", "I missed the appointment you gave me, the ferry didn't run. Can we find "
            "another one?", (CALL, TEXT)),
    Someone("Anjali Mehta", "loved", "CA", "We thought about it and my husband would rather wait until the new year. "
            "May we come back to you then?", (EMAIL,)),
    Someone("Tom Birch", "self", "AK", "Up north there is no group within two hours. Phone is fine, mornings here "
            "are your lunch time.", (CALL,), "yes", best=("am",)),
)

RAY = (
    Someone("Simone Laurent", "self", "NY", "Leaving a thirty-day program on the first. I have my own apartment and "
            "nobody in it, so I want the first week filled.", (CALL, TEXT)),
    Someone("Frank DiNapoli", "self", "NJ", "Retired in June, stopped in July. Turns out that is a lot of free time."),
    Someone("Aisha Grant", "loved", "PA", "My brother said he'd take one call. One. If you're kind about it he will "
            "take a second.", (CALL,), "no"),
    Someone("Owen Pratt", "client", "MA", "Social worker at a hospital. Patient goes home Monday with a good plan and "
            "no one to walk it with.", (CALL, EMAIL), "yes"),
    Someone("Becca Stein", "self", "CT", "I'd like the assessment, please, before I change my mind. Joking. Mostly."),
    Someone("Luis Ortega", "self", "NY", "Trabajo en cocina, salgo a la una de la mañana. ¿Se puede hablar a "
            "mediodía?", (CALL, TEXT), "name", "es"),
    Someone("Grace Adeyemi", "loved", "VA", "It's for my daughter. She is away at college and did well all autumn; "
            "exams worry me more than they worry her.", (TEXT, EMAIL), "no"),
    Someone("Hal Novak", "self", "PA", "Three years, then a slip in September, then straight back. I want to talk "
            "about the September part.", (CALL,)),
    Someone("Mina Park", "self", "NJ", "Not in a hurry. After my sister's wedding in two months I'd like to begin.",
            (TEXT,), "no"),
    Someone("Terrence Gill", "self", "MA", "Can I do this from a parked car? That's the only quiet place I have.",
            (CALL, TEXT)),
)

IMANI = (
    Someone("Josie Calhoun", "self", "GA", "Thirty days today. The house is full of people who drink at dinner and I "
            "love them all.", (CALL, TEXT)),
    Someone("Reggie Tate", "self", "NC", "Leaving the program in ten days and going to sober living in Durham. First "
            "bus is at five, so call early or late.", (CALL, TEXT)),
    Someone("Pilar Montes", "loved", "FL", "Mi esposo tiene su evaluación con ustedes y está nervioso. ¿Puedo estar "
            "en la llamada?", (CALL,), "yes", "es"),
    Someone("Wes Ballard", "self", "TN", "I play in a band. Friday nights are the job. Who do I talk to about that?"),
    Someone("Camille Dubois", "self", "FL", "Could you call me at lunch? My office has thin walls otherwise.",
            (CALL, EMAIL), "no", best=("pm",)),
    Someone("Otis Freeman", "self", "MI", "Sixty-four and starting over. My granddaughter typed this.", (CALL,), "yes"),
    Someone("Leah Goodwin", "loved", "GA", "My wife missed her appointment because of me: I had the car. Please give "
            "her another chance.", (CALL, TEXT)),
    Someone("Andre Boone", "self", "NC", "Thinking about it. Not this month: my mother moves in with us next week.",
            (TEXT, EMAIL), "no"),
)

LOU = (
    Someone("Esperanza Gil", "self", "ID", "Quiero hablar con alguien que entienda lo que es empezar de nuevo en otro "
            "país.", (CALL, TEXT), "name", "es"),
    Someone("Nate Kowalski", "self", "IL", "First week on my own after sober living. So far I've cleaned the oven "
            "twice."),
    Someone("Joy Okonkwo", "loved", "MN", "My cousin leaves inpatient on the fifteenth. He'll stay with me. I have "
            "a guest room and many questions.", (CALL, EMAIL)),
    Someone("Russ Meyer", "self", "UT", "I'd like the assessment in the afternoon, mornings I drive the school bus.",
            (CALL,), best=("pm",)),
)

# Intake still talks with these; nobody has been chosen to coach them yet.
INTAKE = (
    Someone("Gabe Okafor", "self", "FL", "Wants to know if evenings fit around night shifts. Called the main line and "
            "asked for it in writing.", (CALL, TEXT)),
    Someone("Sam Iverson", "client", "MN", "Case manager asking about family sessions for a client. He would like to "
            "be told before you call his mother.", (EMAIL,)),
    Someone("Tanya Volkov", "loved", "NY", "My son agreed to an assessment if it is online. He's twenty-two and knows "
            "that I'm asking.", (CALL, EMAIL), "yes"),
    Someone("Curtis Lamb", "self", "GA", "The insurance card is my wife's, is that a problem? Otherwise I'm ready.",
            (CALL, TEXT)),
    Someone("Noor Haddad", "self", "CA", "I am between jobs and I have time now. Later I won't. What's the first "
            "step?", (TEXT, EMAIL), "no"),
    Someone("Della Pruitt", "loved", "TN", "My husband leaves the hospital program on Wednesday. He has asked for a "
            "man his own age to talk to.", (CALL,)),
    Someone("Stan Wozniak", "self", "MI", "You asked me to say when I'd be ready. After deer season. I mean it.",
            (CALL,), "yes"),
    Someone("Mei Chen", "self", "WA", "I will write again when I'm back from my mother's. Please don't call there.",
            (EMAIL,)),
    Someone("Abe Lowell", "self", "PA", "My wife and I both stopped on New Year's. She kept it up. I'd like to catch "
            "up with her.", (CALL, TEXT)),
    Someone("Ximena Rojas", "self", "CO", "¿Tienen horarios los sábados? Entre semana cuido a mis sobrinos.",
            (CALL, TEXT), "name", "es"),
)
