"""Out of the course and into files: pictures and folders as cartoons."""
