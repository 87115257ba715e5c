package io.tapsentinel.packaged;

import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoreCopy;
import io.tapsentinel.testing.StoredRecords;
import io.tapsentinel.testing.StoredRecords.Row;
import io.tapsentinel.testing.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills a program at one moment of its run, on the thread of the server that sees the moment. Until then uploads are handled one
 * at a time; after the kill none is stored.
 */
final class KillMoment {

    /** In the order of a window's life. */
    enum Phase {
        READING,
        WAITING,
        STORED,
        ANSWERED,
        COMMITTING
    }

    private static final Duration SLOW = Duration.ofMillis(20);
    private static final Duration COMMIT_BEGINS = Duration.ofMillis(300);
    private static final int SPREAD_MS = 20;
    /** Between the transaction of the keys and that of the window. */
    private static final int COMMIT_MS = 6;

    static final int LAST = Integer.MAX_VALUE;

    private final Phase aim;
    private final int atUpload;
    private final ScriptedServices services;
    private final Path work;
    private final SplittableRandom random;
    private final CompletableFuture<PackagedProgram> program = new CompletableFuture<>();
    private final CompletableFuture<Void> killed = new CompletableFuture<>();
    private int uploads;
    private int expected;
    private List<Row> lastAnswered = List.of();
    private boolean pending;
    /** Kept open, since connecting takes longer than the moment lasts. */
    private Connection look;

    private volatile String answered = "";

    /** @param atUpload which upload of this life it waits for, where it waits for one; {@link #LAST} for the window's last one */
    KillMoment(Phase aim, int atUpload, ScriptedServices services, Path work, SplittableRandom random) {
        this.aim = aim;
        this.atUpload = atUpload;
        this.services = services;
        this.work = work;
        this.random = random;
        services.tap().script(call -> this::read);
        services.sink().script(call -> this::upload);
    }

    @Override
    public synchronized String toString() {
        return aim + " after " + uploads + " of " + atUpload + " uploads, "
                + services.deliveries().distinct() + " of " + expected + " records stored";
    }

    /** The program to kill; call it before the program sends anything. */
    void of(PackagedProgram target) {
        program.complete(target);
    }

    CompletableFuture<Void> killed() {
        return killed;
    }

    /**
     * The moment that was hit, by what servers and store know: whether the last batch's keys are in the store shows if their
     * transaction was complete. Empty when the window had committed.
     */
    synchronized Optional<Phase> judge(StoreCopy store) throws SQLException {
        return store.count("ledger") > 0 ? Optional.empty() : Optional.of(judge(store.durable()));
    }

    private Phase judge(Set<String> durable) {
        if (pending) {
            return aim == Phase.STORED ? Phase.STORED : Phase.WAITING;
        }
        if (lastAnswered.isEmpty()) {
            return Phase.READING;
        }
        return durable.contains(
                        lastAnswered.get(0).stream() + '|' + lastAnswered.get(0).key())
                ? Phase.COMMITTING
                : Phase.ANSWERED;
    }

    private void read(ScriptedRequest request) throws IOException, InterruptedException {
        Answer answer = request.forward();
        synchronized (this) {
            expected = services.eventsAskedFor(request);
        }
        if (aim != Phase.READING) {
            request.send(answer);
            return;
        }
        boolean whole = random.nextInt(3) == 0;
        int bytes = whole ? answer.body().length : random.nextInt(answer.body().length);
        OutputStream out = request.head(answer);
        out.write(answer.body(), 0, bytes);
        out.flush();
        pause(whole ? SPREAD_MS : 1);
        kill();
    }

    private void upload(ScriptedRequest request) throws IOException, InterruptedException {
        if (StoredRecords.rows(request).isEmpty()) {
            // the check at the start
            services.store(request);
            return;
        }
        boolean goesOn = request.target().equals(answered);
        synchronized (this) {
            if (!killed.isDone()) {
                oneAtATime(request);
            } else if (goesOn) {
                pending = true;
            }
        }
    }

    private void oneAtATime(ScriptedRequest request) throws IOException, InterruptedException {
        LockSupport.parkNanos(SLOW.toNanos());
        List<Row> rows = StoredRecords.rows(request);
        boolean now = ++uploads >= atUpload
                || services.deliveries().distinct()
                                + rows.stream()
                                        .filter(row -> !services.deliveries().has(row))
                                        .count()
                        >= expected;
        pending = true;
        if (aim == Phase.READING || aim == Phase.WAITING && now) {
            pause(SPREAD_MS);
            kill();
            return;
        }
        Answer answer = services.storeSilently(request);
        if (aim == Phase.STORED && now) {
            kill();
            return;
        }
        Object before = written();
        request.send(answer);
        pending = false;
        lastAnswered = rows;
        answered = request.target();
        if (now && aim == Phase.ANSWERED) {
            pause(SPREAD_MS);
            kill();
        } else if (now) {
            for (long from = System.nanoTime();
                    before.equals(written()) && System.nanoTime() - from < COMMIT_BEGINS.toNanos(); ) {
                Thread.onSpinWait();
            }
            pause(atUpload == LAST ? COMMIT_MS : 0);
            kill();
        }
    }

    /** Changes when the store is written after an answer. */
    private Object written() throws IOException {
        Path store = PackagedProgram.store(work);
        if (!TestDatabase.isShared()) {
            return Files.getLastModifiedTime(store.resolveSibling(store.getFileName() + "-wal"));
        }
        try {
            if (look == null) {
                look = TestDatabase.connect(store);
            }
            try (Statement statement = look.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*) FROM seen")) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    /** A random delay, short ones more often, as most work after an answer is short. */
    private void pause(int atMostMillis) {
        double share = random.nextDouble();
        LockSupport.parkNanos((long) (atMostMillis * 1e6 * share * share * share));
    }

    private void kill() throws IOException, InterruptedException {
        program.join().kill();
        killed.complete(null);
        if (look != null) {
            try {
                look.close();
            } catch (SQLException e) {
                throw new IOException(e);
            }
        }
    }
}
