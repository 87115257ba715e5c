package io.tapsentinel.read;

import io.tapsentinel.event.TapEvent;
import io.tapsentinel.net.SafeMessage;
import io.tapsentinel.process.FatalErrors;
import java.util.function.Supplier;

/** Why a read may not commit: the first reason, and how many events failed. Thread-safe. */
final class ReadFailures {

    private Throwable first;
    private Supplier<String> likely;
    private RuntimeException atTheEnd;
    private int events;

    /** Whether the split must end. */
    synchronized boolean isSet() {
        return first != null;
    }

    synchronized void add(Throwable reason) {
        // the first reason explains most, but an Error ends the process
        if (first == null
                || FatalErrors.errorIn(first).isEmpty()
                        && FatalErrors.errorIn(reason).isPresent()) {
            first = reason;
        }
    }

    /**
     * An event ended without a final outcome.
     *
     * @param cause what may have happened to it, or null
     */
    synchronized void add(TapEvent event, Exception exception, Supplier<String> cause) {
        events++;
        if (first == null) {
            likely = cause;
        }
        if (exception == null) {
            add(new WindowFailedException(event.getType().routeId() + " ended without delivering " + event));
        } else {
            add(FatalErrors.isOfAStep(exception) ? new WindowFailedException(SafeMessage.of(exception)) : exception);
        }
    }

    /** Adds a reason that fails the read at its end, without ending the split. */
    synchronized void atTheEnd(RuntimeException reason) {
        if (atTheEnd == null) {
            atTheEnd = reason;
        }
    }

    /** @throws WindowFailedException when there is a reason */
    synchronized void verify() {
        if (first != null) {
            throw new WindowFailedException(
                    SafeMessage.of(first)
                            + (likely == null ? "" : ": " + likely.get())
                            + (events > 1 ? " (" + events + " events)" : ""),
                    first);
        }
        if (atTheEnd != null) {
            throw new WindowFailedException(SafeMessage.of(atTheEnd), atTheEnd);
        }
    }
}
