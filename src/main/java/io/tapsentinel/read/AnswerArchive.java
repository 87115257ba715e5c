package io.tapsentinel.read;

import io.tapsentinel.tap.plan.TimeRange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/** Archives TAP's answers. A read never waits for the archive and never fails because of it. */
public interface AnswerArchive {

    /** Archives nothing. */
    AnswerArchive NONE = (window, readAt, bytes, answer) -> Copy.NONE;

    /** A complete answer. */
    @FunctionalInterface
    interface Answer {
        void writeTo(OutputStream out) throws IOException;
    }

    /** The copy of one answer, written before its first event is sent. */
    @FunctionalInterface
    interface Copy {

        /** No copy. */
        Copy NONE = keep -> {};

        /**
         * Called when the read has ended.
         *
         * @param keep whether the answer had anything new
         */
        void end(boolean keep);
    }

    /**
     * Copies an answer before its first event is sent.
     *
     * @param window the window of the request
     * @param readAt when the request was sent
     * @param bytes  upper bound of the answer's length
     */
    Copy copy(TimeRange window, Instant readAt, long bytes, Answer answer);
}
