from .main import main

# Workers are spawned, which imports this module again under another name.
if __name__ == "__main__":
    main()
