package io.tapsentinel.read;

import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.tap.answer.ForeignAnswerException;
import io.tapsentinel.tap.answer.TapAnswerException;
import io.tapsentinel.tap.answer.TapFormatException;
import io.tapsentinel.tap.api.AnswerTooLargeException;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.api.TapRefusedException.Reason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.EnumSet;
import org.apache.hc.client5.http.ConnectTimeoutException;

/** What went wrong with one attempt at a window, by what has to be done about it. */
enum FailureKind {
    /** Nothing; the window is committed. */
    NONE,
    /** The program stops: nothing more. */
    STOPPED,
    /** No request may be sent any more: nothing more in this run. */
    BUDGET,
    /** 401, 403, 429: nothing more until a rest is over. */
    REST,
    /** The endpoint of one type alone refuses or does not answer: it says nothing of the others. */
    ENDPOINT,
    /** The window begins too early: without its beginning, at once. */
    TOO_OLD,
    /** The window ends too late: as of TAP's time, at once. */
    STILL_CURRENT,
    /** Asking again would bring the same; a person has to act. */
    REFUSED,
    /** TAP's format has changed: a newer version of this program may read it. */
    FORMAT,
    /** TAP did not finish in time: again after a pause, and less of it. */
    TIMED_OUT,
    /** TAP sends more than may be read: less of it, at once. */
    TOO_LARGE,
    /** TAP or the network had a bad moment: again after a pause. */
    TRANSIENT,
    /** The answer came in whole and cannot be read: again after a pause, then less of it. */
    UNREADABLE,
    /** The same, and the time that it lies in is shorter now: another window, at once. */
    NARROWED,
    /** The sink, the store or a route: another answer of TAP's would not help. */
    NOT_TAP;

    private static final String OF_TAP = "tap-";
    private static final String OF_BUDGET = OF_TAP + "budget";

    /**
     * @param answered whether TAP had begun to answer with 200 or 204
     * @param whole    whether all of the answer is known to have come
     */
    static FailureKind of(Throwable failure, boolean answered, boolean whole) {
        TapRefusedException refusal = TapRefusedException.of(failure);
        if (refusal != null) {
            return of(refusal);
        }
        if (failure instanceof BudgetUsedUpException) {
            return BUDGET;
        }
        if (answered) {
            if (has(failure, TapFormatException.class)) {
                return FORMAT;
            }
            if (!has(failure, TapAnswerException.class)) {
                return NOT_TAP;
            }
            return whole && !has(failure, ForeignAnswerException.class) ? UNREADABLE : TRANSIENT;
        }
        if (has(failure, StoreException.class)
                || !has(failure, IOException.class)
                || SafeMessage.isOfAFullDisk(failure)) {
            // the route failed before the request left
            return NOT_TAP;
        }
        if (has(failure, AnswerTooLargeException.class)) {
            return TOO_LARGE;
        }
        // a connection that cannot be made says nothing about the window
        return has(failure, SocketTimeoutException.class) && !has(failure, ConnectTimeoutException.class)
                ? TIMED_OUT
                : TRANSIENT;
    }

    private static FailureKind of(TapRefusedException refusal) {
        return switch (refusal.reason()) {
            case CREDENTIALS, THROTTLED -> REST;
            case TOO_OLD -> TOO_OLD;
            case STILL_CURRENT -> STILL_CURRENT;
            case REQUEST -> REFUSED;
            case TIMED_OUT -> TIMED_OUT;
            case TRANSIENT -> TRANSIENT;
        };
    }

    /** The same when the endpoint of one type was asked. @param shares whether its requests count with those of the others */
    FailureKind ofOneEndpoint(TapRefusedException refusal, boolean shares) {
        boolean isOfAll = this == REST && refusal.reason() == Reason.THROTTLED && shares;
        return !isOfAll
                        && EnumSet.of(REST, REFUSED, FORMAT, TIMED_OUT, TOO_LARGE, TRANSIENT, UNREADABLE)
                                .contains(this)
                ? ENDPOINT
                : this;
    }

    /** What went wrong, in one word. @param refusal what TAP said, or null */
    String code(TapRefusedException refusal) {
        return refusal != null
                ? OF_TAP + refusal.status()
                : switch (this) {
                    case TIMED_OUT -> OF_TAP + "timeout";
                    case TOO_LARGE -> OF_TAP + "too-large";
                    case TRANSIENT -> OF_TAP + "no-answer";
                    case UNREADABLE -> OF_TAP + "unreadable";
                    case BUDGET -> OF_BUDGET;
                    default -> ReadListener.NOT_COMMITTED;
                };
    }

    /** Whether this code is of a request that TAP has refused, or not answered in a way that can be read. */
    static boolean isOfTap(String code) {
        return code.startsWith(OF_TAP) && !code.equals(OF_BUDGET);
    }

    static boolean has(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
