//! serde's `rename_all`.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return None,
        })
    }

    /// Renames a variant, which is in Pascal case.
    pub(crate) fn of_variant(self, name: &str) -> String {
        let mut words: Vec<String> = Vec::new();
        for character in name.chars() {
            match words.last_mut() {
                Some(word) if !character.is_uppercase() => word.push(character),
                _ => words.push(character.to_lowercase().collect()),
            }
        }
        match self {
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            _ => self.join(&words),
        }
    }

    /// Renames a field, which is in snake case.
    pub(crate) fn of_field(self, name: &str) -> String {
        let words: Vec<String> = name.split('_').map(str::to_owned).collect();
        match self {
            Self::Lower => name.to_owned(),
            Self::Upper => name.to_uppercase(),
            _ => self.join(&words),
        }
    }

    fn join(self, words: &[String]) -> String {
        match self {
            Self::Pascal => words.iter().map(|word| capital(word)).collect(),
            Self::Camel => {
                let mut words = words.iter();
                let first = words.next().cloned().unwrap_or_default();
                words.fold(first, |text, word| text + &capital(word))
            }
            Self::Snake => words.join("_"),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::Kebab => words.join("-"),
            Self::ScreamingKebab => words.join("-").to_uppercase(),
            Self::Lower => words.concat(),
            Self::Upper => words.concat().to_uppercase(),
        }
    }
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + characters.as_str()
}
