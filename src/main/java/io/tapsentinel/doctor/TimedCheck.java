package io.tapsentinel.doctor;

import io.tapsentinel.net.SafeMessage;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One check within its time: one that hangs, where no time-out of a client counts, is left to itself and holds up nothing. */
final class TimedCheck {

    private final Check check;
    private final Duration longest;
    private boolean over;

    TimedCheck(Check check, Duration longest) {
        this.check = check;
        this.longest = longest;
    }

    /** @param found gets the findings, none of them after this has returned */
    void make(Consumer<Finding> found) {
        Consumer<Finding> inTime = finding -> {
            synchronized (this) {
                if (!over) {
                    found.accept(finding);
                }
            }
        };
        FutureTask<Void> look = new FutureTask<>(() -> check.look(inTime), null);
        Thread thread = new Thread(look, "doctor-" + check.name());
        thread.setDaemon(true);
        thread.start();
        try {
            look.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            look.cancel(true);
            inTime.accept(Finding.wrong(
                    check.name(),
                    "it took longer than " + longest.toSeconds() + " s; try again, and look at what lies between"));
        } catch (ExecutionException e) {
            inTime.accept(Finding.wrong(check.name(), "it could not be looked at: " + SafeMessage.of(e.getCause())));
        } catch (InterruptedException e) {
            look.cancel(true);
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            over = true;
        }
    }
}
