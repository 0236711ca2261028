"""The API of looks: designs, their pictures, layers over them, previews, and what phones complain of."""
