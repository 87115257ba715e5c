package io.tapsentinel.read;

import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.tap.answer.TapFormatException;
import io.tapsentinel.tap.api.ClockDifference;
import io.tapsentinel.tap.api.TapCondition;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;

/** Takes from a failed attempt what the next ones need to know, and says what that is. */
public final class FailurePolicy {

    public static final String NOT_COMMITTED = "window-not-committed";
    private static final String OF_TAP = "tap-";
    private static final String BUDGET = OF_TAP + "budget";

    private final TapCondition tap;
    private final Clock clock;

    FailurePolicy(TapCondition tap, Clock clock) {
        this.tap = tap;
        this.clock = clock;
    }

    /**
     * @param failure what the attempt ended with
     * @param refusal what TAP said, or null
     * @return how the window goes on, as the end of "it will be read again"
     */
    String learn(FailureKind trouble, Throwable failure, TapRefusedException refusal, TimeRange window) {
        Instant now = clock.instant();
        tap.rest().lastError().note(code(trouble, refusal), now);
        if (trouble == FailureKind.ENDPOINT) {
            return "";
        }
        if (refusal != null) {
            tap.rest().refused(refusal, now);
        } else if (EnumSet.of(
                        FailureKind.TIMED_OUT,
                        FailureKind.TOO_LARGE,
                        FailureKind.TRANSIENT,
                        FailureKind.UNREADABLE,
                        FailureKind.FORMAT)
                .contains(trouble)) {
            tap.rest().failed(now);
        }
        if (trouble != FailureKind.TIMED_OUT && trouble != FailureKind.TOO_LARGE) {
            tap.size().failed();
        }
        String then = switch (trouble) {
            case TIMED_OUT -> shorter(tap.size().timedOut(window.length()));
            case TOO_LARGE -> shorter(tap.size().tooLarge(window.length()));
            case TOO_OLD -> {
                tap.clock().tooOld(window);
                yield " without the time before " + tap.clock().horizon().edge();
            }
            case STILL_CURRENT -> {
                tap.clock().stillCurrent();
                yield " up to " + tap.clock().horizon().now().truncatedTo(ChronoUnit.SECONDS)
                        + " at most, since this machine's clock is "
                        + tap.clock()
                                .ahead()
                                .map(ahead -> ClockDifference.describe(ahead) + " TAP's")
                                .orElse("ahead of TAP's (no Date says how far)");
            }
            case REFUSED -> {
                tap.rest().hold(refusal, window);
                yield "; a person has to act";
            }
            case FORMAT -> {
                tap.rest().hold(new TapFormatException(SafeMessage.of(failure)), window);
                yield "; needs a version of this program that knows the new format";
            }
            default -> "";
        };
        return tap.rest().isResting(now) ? then + " after " + tap.rest().until().truncatedTo(ChronoUnit.SECONDS) : then;
    }

    private String shorter(boolean isShorter) {
        return isShorter ? " in windows of " + describe(tap.size().longest()) : "";
    }

    /** What went wrong, in one word. */
    static String code(FailureKind trouble, TapRefusedException refusal) {
        return refusal != null
                ? OF_TAP + refusal.status()
                : switch (trouble) {
                    case TIMED_OUT -> OF_TAP + "timeout";
                    case TOO_LARGE -> OF_TAP + "too-large";
                    case TRANSIENT -> OF_TAP + "no-answer";
                    case UNREADABLE -> OF_TAP + "unreadable";
                    case BUDGET -> BUDGET;
                    default -> NOT_COMMITTED;
                };
    }

    /** Whether this code is of a request that TAP has refused, or not answered in a way that can be read. */
    static boolean isOfTap(String code) {
        return code.startsWith(OF_TAP) && !code.equals(BUDGET);
    }

    private static String describe(Duration duration) {
        return duration.toString().substring(2).toLowerCase();
    }
}
