"""The consents a person is asked for when joining: the words, and the proof of which words they were."""
