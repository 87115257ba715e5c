package io.tapsentinel.doctor;

/**
 * One printed line.
 *
 * @param name  of the check
 * @param text  details; for a problem its cause and remedy; no secrets, no event content
 */
record Finding(Mark mark, String name, String text) {

    enum Mark {
        OK("✓"),
        PROBLEM("✗"),
        SKIPPED("-");

        private final String sign;

        Mark(String sign) {
            this.sign = sign;
        }
    }

    static Finding ok(String name, String text) {
        return new Finding(Mark.OK, name, text);
    }

    static Finding problem(String name, String text) {
        return new Finding(Mark.PROBLEM, name, text);
    }

    static Finding skipped(String name, String text) {
        return new Finding(Mark.SKIPPED, name, text);
    }

    @Override
    public String toString() {
        return mark.sign + " " + name + ": " + text.strip().replaceAll("\\s+", " ");
    }
}
