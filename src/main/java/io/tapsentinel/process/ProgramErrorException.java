package io.tapsentinel.process;

/** Wraps an {@link Error} of the program's own code so that the event's exchange can end with it. */
public final class ProgramErrorException extends IllegalStateException {

    /** @param where what failed; begins the message */
    public ProgramErrorException(String where, Error error) {
        super(where + " failed: " + error.getClass().getName(), error);
    }
}
