"""From text to facts: source, chunks, facts and linked units, each layer knowing only the ones before it."""
