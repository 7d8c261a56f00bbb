"""Published inputs of depots and tablets in people, as their papers fitted them; not ranked against vials unasked."""
