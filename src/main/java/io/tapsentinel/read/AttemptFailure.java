package io.tapsentinel.read;

import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.tap.answer.ForeignAnswerException;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.tap.plan.TapLimits;

/**
 * Why an attempt at a window failed.
 *
 * @param refusal TAP's refusal, or null
 * @param why     one line, without content of events
 */
record AttemptFailure(FailureKind kind, TapRefusedException refusal, String why) {

    private static final String MAKE_ROOM =
            ": make room for tap.spool, which holds TAP's answers while they are read, and for what the routes write";

    /** @param clock decides whether TAP can really have dropped the window */
    static AttemptFailure of(WindowRead read, Throwable failure, TapClock clock) {
        TapRefusedException refusal = TapRefusedException.of(failure);
        FailureKind kind = kind(read, failure, refusal, clock);
        boolean maybeCut = kind == FailureKind.TRANSIENT
                && read.answer().bytes() > 0
                && !read.answer().isKnownComplete()
                && !FailureKind.has(failure, ForeignAnswerException.class);
        String why = SafeMessage.of(refusal == null ? failure : refusal)
                + (SafeMessage.isOfAFullDisk(failure) ? MAKE_ROOM : "")
                + (maybeCut ? AnswerSize.NO_LENGTH : "");
        return new AttemptFailure(kind, refusal, why);
    }

    private static FailureKind kind(WindowRead read, Throwable failure, TapRefusedException refusal, TapClock clock) {
        DueRead due = read.due();
        FailureKind kind = FailureKind.of(
                failure, read.answer().hasArrived(), read.answer().isKnownComplete());
        if (kind == FailureKind.TOO_LARGE && due.window().length().compareTo(TapLimits.SHORTEST_WINDOW) <= 0) {
            kind = FailureKind.UNREADABLE;
        }
        if (due.isOfOneEndpoint()) {
            kind = kind.ofOneEndpoint(refusal, Pool.of(due.path()) == Pool.EVERYTHING_ELSE);
        }
        return kind == FailureKind.TOO_OLD && !clock.mayBeTooOld(due.window()) ? FailureKind.REFUSED : kind;
    }

    /** The failure in one word, see {@link ReadListener#failed}. */
    String code() {
        return kind.code(refusal);
    }
}
