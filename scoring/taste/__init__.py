"""What a member likes: favourites by frequency, discoveries by what goes together."""
