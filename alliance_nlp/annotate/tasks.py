"""Component ``alliance_tasks``: the work shared out (`task_*`) or ordered (`directive`).

Bordin's agreement on tasks (Bordin 1979): the way to the goal worked out together, each with a part of it.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> _ = nlp.add_pipe("alliance_tasks")
>>> doc = nlp("Does that sound doable to you?")
>>> [(span.label_, span.text) for span in doc.spans["alliance_tasks"]]
[('task_agree', 'Does that sound doable to you?')]
"""

from .families import register_family

make_tasks = register_family("tasks")
