package io.tapsentinel.read;

import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/** Keeps TAP's answers. A read neither fails nor waits for it. */
public interface AnswerArchive {

    /** Keeps nothing. */
    AnswerArchive NONE = (window, readAt, bytes, answer) -> Copy.NONE;

    /** An answer as a whole. */
    @FunctionalInterface
    interface Answer {
        void writeTo(OutputStream out) throws IOException;
    }

    /** What was written before anything of the answer was sent. */
    @FunctionalInterface
    interface Copy {

        /** There is none. */
        Copy NONE = keep -> {};

        /** The read has ended. @param keep whether something of the answer was new */
        void end(boolean keep);
    }

    /**
     * Copies an answer before any event of it is sent.
     *
     * @param window what was asked for
     * @param readAt when
     * @param bytes  at most so long is it
     */
    Copy copy(TimeRange window, Instant readAt, long bytes, Answer answer);
}
