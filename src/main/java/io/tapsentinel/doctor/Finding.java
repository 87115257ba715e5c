package io.tapsentinel.doctor;

/**
 * What was found, one line.
 *
 * @param mark  how it is
 * @param name  of what was looked at
 * @param words what is known of it; for a problem its cause and the remedy; no secret, no content
 */
record Finding(Mark mark, String name, String words) {

    /** How something is. */
    enum Mark {
        WELL("✓"),
        WRONG("✗"),
        /** It could not be looked at. */
        UNKNOWN("-");

        private final String sign;

        Mark(String sign) {
            this.sign = sign;
        }
    }

    static Finding well(String name, String words) {
        return new Finding(Mark.WELL, name, words);
    }

    static Finding wrong(String name, String words) {
        return new Finding(Mark.WRONG, name, words);
    }

    static Finding unknown(String name, String words) {
        return new Finding(Mark.UNKNOWN, name, words);
    }

    /** The line. */
    @Override
    public String toString() {
        return mark.sign + " " + name + ": " + words.strip().replaceAll("\\s+", " ");
    }
}
