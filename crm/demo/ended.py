"""People of the demo clinic whose story with us has ended: they started, went elsewhere, or it was closed.

Everybody is invented.
"""

from crm.demo.people import CALL, EMAIL, TEXT, Someone

STARTED = (
    Someone("Erin Maguire", "self", "CO", "My counselor says I shouldn't wait for the perfect week. So, this one."),
    Someone("Jamal Pierce", "self", "OH", "Home since Tuesday. Looking for a coach who won't mind that I talk fast."),
    Someone("Lucía Campos", "self", "TX", "Terminé treinta días y quiero empezar ya. Por favor llamen por la tarde.",
            (CALL, TEXT), "yes", "es"),
    Someone("Paul Gustafson", "loved", "MN", "Our daughter is ready and so, finally, are we. Family sessions too, if "
            "that exists."),
    Someone("Tiffany Rhodes", "self", "CA", "Third time asking for help, first time before anything went wrong.",
            (CALL, TEXT)),
    Someone("Devon Clarke", "self", "NY", "I'd like mornings. By noon I have talked myself out of things.", (CALL,)),
    Someone("Maribel Soto", "loved", "FL", "Mi hermana quiere empezar con ustedes. Ella sabe que escribo y está a mi "
            "lado.", (CALL,), "name", "es"),
    Someone("Greg Hammond", "self", "PA", "Back from a good program and not planning to waste it."),
    Someone("Nadia Petrova", "self", "NJ", "Please send me what to bring on the first day. I like lists.", (EMAIL,)),
    Someone("Isaac Freed", "client", "MA", "Discharge planner. Client starts outpatient with his own doctor, and would "
            "like your coach alongside.", (CALL, EMAIL), "yes"),
    Someone("Bonnie Teague", "self", "TN", "I've got the insurance letter, the childcare and the nerve. In that "
            "order.", (CALL, TEXT)),
    Someone("Hector Luna", "self", "NM", "Six weeks sober and my crew boss knows. I can take calls on breaks.",
            (CALL, TEXT), "no"),
    Someone("Amelia Frost", "loved", "OR", "For my partner: she says yes, if it is somebody who laughs now and then."),
    Someone("Rashid Coleman", "self", "GA", "My brother did this with you last year. I'd like what he had."),
    Someone("Colleen Duffy", "self", "MA", "I have a garden, a dog and four months. Help me keep all three.", (CALL,)),
    Someone("Jerome Whitaker", "self", "MI", "Union rep gave me your card. I can start the week after my shift change.",
            (CALL, TEXT)),
    Someone("Patricia Lund", "loved", "WA", "My husband has read your page four times. I'm just pressing the button."),
    Someone("Felix Arroyo", "self", "CA", "Ya hablé con mi jefe y con mi mamá. Falta hablar con ustedes.",
            (CALL, TEXT), "yes", "es"),
)

REFERRED = (
    Someone("Laurel Finch", "self", "WA", "I think I need more than phone calls right now. Do you know a place?"),
    Someone("Bruno Costa", "loved", "MA", "My uncle needs somewhere to stay first. Then somebody to talk to."),
    Someone("Patrice Ellis", "self", "NC", "Looking for a program where my toddler can come along.", (CALL, TEXT)),
    Someone("Hank Doyle", "self", "NV", "Veteran. I'd be happiest among others.", (CALL,), "yes"),
    Someone("Silvia Ramos", "loved", "PR", "Busco un grupo en persona para mi padre, cerca de San Juan.", (CALL,),
            "name", "es"),
)

CLOSED = (  # with the reason it was closed for
    (Someone("Nora Quill", "self", "IL", "Asking for prices first, to be honest.", (EMAIL,)), "cost"),
    (Someone("Dale Simmons", "self", "TX", "A friend made me write this. He's sitting here.", (CALL,)), "not_ready"),
    (Someone("Yvette Marsh", "loved", "NY", "My son said no in the end, but thank you for asking him so kindly."),
     "family_only"),
    (Someone("Aaron Beck", "self", "CA", "I've written to three places and I'll go with whoever answers how this "
             "works in plain words.", (CALL, EMAIL)), "another_provider"),
    (Someone("Mona Fields", "self", "MI", "My plan is out of state, I think. Would you check?"), "out_of_network"),
    (Someone("Lyle Cooper", "self", "AZ", "Call whenever. I'm around.", (CALL, TEXT, EMAIL), "yes"), "unreachable"),
    (Someone("Cassidy Wynn", "self", "GA", "Not sure. Try me this week.", (CALL, TEXT)), "unreachable"),
    (Someone("Raúl Medina", "loved", "NJ", "Información para mi hermano, por favor.", (CALL, TEXT), "no", "es"),
     "unreachable"),
    (Someone("Ivy Chandler", "self", "CO", "Please take me off the list, my sister signed me up.", (CALL,)),
     "asked_to_stop"),
    (Someone("Doug Farris", "self", "OH", "I was told to ask about medical detox near Columbus."), "higher_care"),
    (Someone("Sheila Crane", "self", "UT", "My own therapist has room again, so I won't need you. Good luck with "
             "your work.", (EMAIL,)), "another_provider"),
    (Someone("Kyle Jennings", "self", "VA", "Do you have openings for a coach? I trained in 2022.", (EMAIL,)),
     "not_an_inquiry"),
    (Someone("Marge Holloway", "loved", "FL", "It's about my neighbor, who doesn't know that I'm writing."),
     "family_only"),
    (Someone("Cody Barnes", "self", "TN", "Is it covered with no insurance at all?", (TEXT,), "no"), "no_benefits"),
    (Someone("Glen Abbott", "self", "ID", "Number has changed twice this year, hope this one lasts.", (CALL,)),
     "wrong_contact"),
    (Someone("Vera Simic", "loved", "IL", "My mother reads this as meddling, so I'll leave it with her for now."),
     "not_ready"),
    (Someone("Troy Ashford", "self", "NC", "I'd want evenings and weekends only, and somebody near Asheville.",
             (TEXT, EMAIL), "no"), "another_provider"),
)
