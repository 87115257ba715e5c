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

/** The kinds of failure of one attempt, each with what follows from it. */
enum FailureKind {
    /** No failure; the window is committed. */
    NONE,
    /** The program is stopping: end the run. */
    STOPPED,
    /** The request budget is used up: end the run. */
    BUDGET,
    /** 401, 403 or 429: send nothing until the rest is over. */
    REST,
    /** The endpoint of one type refuses or does not answer. Other endpoints are unaffected. */
    ENDPOINT,
    /** The window starts before TAP's history: retry at once without that part. */
    TOO_OLD,
    /** The window ends after TAP's clock: retry at once with an earlier end. */
    STILL_CURRENT,
    /** TAP rejects the request and would reject it again: needs action. */
    REFUSED,
    /** TAP's format has changed: needs a newer version of this program. */
    FORMAT,
    /** TAP did not finish in time: retry after a pause, with a shorter window after two timeouts. */
    TIMED_OUT,
    /** The answer exceeds the limit: retry at once with a shorter window. */
    TOO_LARGE,
    /** A passing fault of TAP or the network: retry after a pause. */
    TRANSIENT,
    /** A complete answer cannot be read: retry after a pause, then narrow the time down. */
    UNREADABLE,
    /** Such an answer again, and its time is narrower now: go on with another window at once. */
    NARROWED,
    /** Sentinel, the store or a route failed: another request to TAP would not help. */
    NOT_TAP;

    private static final String OF_TAP = "tap-";
    private static final String OF_BUDGET = OF_TAP + "budget";

    /**
     * @param answered whether TAP had started to answer with 200 or 204
     * @param whole    whether the answer is known to be complete
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
            // the route failed before the request was sent
            return NOT_TAP;
        }
        if (has(failure, AnswerTooLargeException.class)) {
            return TOO_LARGE;
        }
        // a failed connection says nothing about the window
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

    /**
     * Adapts the kind to a request to the endpoint of one type.
     *
     * @param shares whether that endpoint shares its request pool with {@code /all}
     */
    FailureKind ofOneEndpoint(TapRefusedException refusal, boolean shares) {
        boolean isOfAll = this == REST && refusal.reason() == Reason.THROTTLED && shares;
        return !isOfAll
                        && EnumSet.of(REST, REFUSED, FORMAT, TIMED_OUT, TOO_LARGE, TRANSIENT, UNREADABLE)
                                .contains(this)
                ? ENDPOINT
                : this;
    }

    /**
     * The failure in one word.
     *
     * @param refusal TAP's refusal, or null
     */
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

    /** Whether the code stands for a request that TAP refused or did not answer readably. */
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
