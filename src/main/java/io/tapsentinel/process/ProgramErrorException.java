package io.tapsentinel.process;

/** An {@link Error} inside the program's own work on an event, as an exception with which the event's exchange can end. */
public final class ProgramErrorException extends IllegalStateException {

    /** @param where what failed, as the beginning of the message */
    public ProgramErrorException(String where, Error error) {
        super(where + " failed: " + error.getClass().getName(), error);
    }
}
