package io.tapsentinel.process;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Runs a query that may hang, such as one to the store, on a thread of its own. Only one runs at a time; callers share it and wait at most
 * {@link #PATIENCE} from its start. Uses monotonic time. Thread-safe.
 */
public final class Look<T> {

    /** Default time limit. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String what;
    private final Supplier<T> question;
    private final Duration kept;
    private final Clock clock;
    private final Duration patience;
    private Asked<T> newest;
    private volatile Answer<T> last;

    /** Each caller starts a query or joins the running one. @param what names the thread */
    public Look(String what, Supplier<T> question) {
        this(what, question, PATIENCE);
    }

    /**
     * @param kept  how long a result, or a failure, is reused
     * @param clock measures that; must not follow changes of the machine's clock
     */
    public Look(String what, Supplier<T> question, Duration kept, Clock clock) {
        this(what, question, kept, clock, PATIENCE);
    }

    /** @param patience time limit */
    public Look(String what, Supplier<T> question, Duration patience) {
        this(what, question, Duration.ZERO, new SteadyClock(), patience);
    }

    Look(String what, Supplier<T> question, Duration kept, Clock clock, Duration patience) {
        this.clock = clock;
        this.what = what;
        this.question = question;
        this.kept = kept;
        this.patience = patience;
    }

    /** The query exceeded its time limit. */
    public static final class NoAnswerException extends RuntimeException {

        private NoAnswerException(Duration waited) {
            super("no answer for " + waited.toSeconds() + " s");
        }
    }

    /** A result. */
    public static final class Answer<T> {

        private final T value;
        private final long begun;

        private Answer(T value, long begun) {
            this.value = value;
            this.begun = begun;
        }

        public T value() {
            return value;
        }

        /** Time since the query started. */
        public Duration age() {
            return Duration.ofNanos(System.nanoTime() - begun);
        }
    }

    /** A query that has started. */
    public static final class Asked<T> {

        private final Duration patience;
        private final FutureTask<T> task;
        private final long begun;
        /** Valid only once the task is done. */
        private volatile Instant ended;

        private Asked(Look<T> look) {
            ended = look.clock.instant();
            patience = look.patience;
            begun = System.nanoTime();
            task = new FutureTask<>(() -> {
                try {
                    T value = look.question.get();
                    look.last = new Answer<>(value, begun);
                    return value;
                } finally {
                    ended = look.clock.instant();
                }
            });
            Thread thread = new Thread(task, "tap-looks-at-" + look.what);
            thread.setDaemon(true);
            thread.start();
        }

        /**
         * Waits for the result.
         *
         * @throws NoAnswerException after the time limit
         * @throws RuntimeException  thrown by the query
         */
        public T get() {
            try {
                return task.get(patience.toNanos() - age(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw noAnswer();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw noAnswer();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) e.getCause();
            }
        }

        private NoAnswerException noAnswer() {
            return new NoAnswerException(Duration.ofNanos(age()));
        }

        private long age() {
            return System.nanoTime() - begun;
        }
    }

    /** Starts the query without waiting, so that several can run in parallel. */
    public synchronized Asked<T> ask() {
        if (newest == null || newest.task.isDone() && !clock.instant().isBefore(newest.ended.plus(kept))) {
            newest = new Asked<>(this);
        }
        return newest;
    }

    /** Starts the query and waits. */
    public T get() {
        return ask().get();
    }

    /** The last result, however old; empty before the first. */
    public Optional<Answer<T>> last() {
        return Optional.ofNullable(last);
    }
}
