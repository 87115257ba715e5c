package io.tapsentinel;

import static io.tapsentinel.event.EventType.CLICKS_BLOCKED;
import static io.tapsentinel.event.EventType.CLICKS_PERMITTED;
import static io.tapsentinel.event.EventType.MESSAGES_BLOCKED;
import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sentinel.batch.FailureWatch;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.SuspendedTables;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Several suspended tables, and permitted clicks, which have their own request pool. */
class SeveralSuspendedTablesIT {

    private static final Duration POLL = Duration.ofMinutes(5);

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    private final SuspendedTables tables = new SuspendedTables(services);

    @Test
    void twoTablesAreSuspendedTogetherAndRecoverSeparately() throws Exception {
        RunningProgram program = tables.start(MESSAGES_DELIVERED, CLICKS_BLOCKED);
        services.clock().advance(POLL);
        program.poll();
        tables.assertAllArrivedBut(MESSAGES_DELIVERED, CLICKS_BLOCKED);

        services.sinkProxy().forget();
        tables.refuse(MESSAGES_DELIVERED);
        services.clock().advance(SuspendedTables.LONGEST_PAUSE);
        program.pollWithTimeLeft();
        assertThat(tables.suspended()).containsExactly(MESSAGES_DELIVERED.arrayName());
        tables.assertAllArrivedBut(MESSAGES_DELIVERED);
        assertThat(tables.rowsOf(MESSAGES_DELIVERED)).isEmpty();

        tables.accept(program);
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    @Test
    void aFourthRefusedTableIsSuspendedAndHoldsUpNoOther() throws Exception {
        RunningProgram program = tables.start(MESSAGES_DELIVERED, MESSAGES_BLOCKED, CLICKS_PERMITTED);
        services.sinkProxy().forget();
        tables.refuse(CLICKS_BLOCKED);
        for (int i = 0; i < 4; i++) {
            // long enough for the table to get a new event
            services.clock().advance(Duration.ofMinutes(25));
            program.pollWithTimeLeft();
        }

        assertThat(tables.suspended()).containsExactly(CLICKS_BLOCKED.arrayName());
        tables.assertAllArrivedBut(CLICKS_BLOCKED);
        tables.accept(program);
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    @Test
    void whileNoStreamAcceptsAnythingTheLastTableHoldsUpTheWindow() throws Exception {
        RunningProgram program = tables.start(MESSAGES_DELIVERED, MESSAGES_BLOCKED, CLICKS_PERMITTED);
        services.sinkProxy().always("", Fault.REFUSE);
        for (int i = 0; i < 4; i++) {
            services.clock().advance(Duration.ofMinutes(25));
            program.poll();
        }

        assertThat(tables.suspended()).hasSize(3).doesNotContain(CLICKS_BLOCKED.arrayName());
        assertThat(services.reads(Purpose.POLL)).as("windows that committed").hasSize(1);
        tables.accept(program);
        program.pollWithTimeLeft();
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    @Test
    void suspendedPermittedClicksCatchUpFromTheirOwnRequestPool() throws Exception {
        RunningProgram program = tables.start(CLICKS_PERMITTED);
        services.clock().advance(Duration.ofHours(2));
        program.pollWithTimeLeft();
        tables.assertAllArrivedBut(CLICKS_PERMITTED);
        assertThat(tables.rowsOf(CLICKS_PERMITTED)).isEmpty();

        tables.accept(program);

        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
        assertThat(services.store().number("SELECT count(*) FROM request_log WHERE purpose = 'catch-up'"))
                .isPositive();
        assertThat(services.store()
                        .number("SELECT count(*) FROM request_log WHERE purpose = 'catch-up'"
                                + " AND pool <> 'clicks-permitted'"))
                .isZero();
    }

    @Test
    void whileThatPoolIsThrottledTheyCatchUpFromTheCommonEndpoint() throws Exception {
        RunningProgram program = tables.start(CLICKS_PERMITTED);
        services.clock().advance(Duration.ofHours(3));
        program.pollWithTimeLeft();
        services.tapProxy().always("/clicks/permitted", Fault.THROTTLED);
        tables.accept(program);
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    @Test
    void throttledClicksDoNotHoldUpAnotherTablesCatchUp() throws Exception {
        RunningProgram program = tables.start(CLICKS_PERMITTED);
        for (int i = 0; i < 4; i++) {
            services.clock().advance(Duration.ofHours(1));
            program.pollWithTimeLeft();
        }
        tables.refuse(CLICKS_BLOCKED);
        services.clock().advance(Duration.ofHours(1));
        program.poll();
        services.clock().advance(FailureWatch.PATIENCE);
        program.poll();
        assertThat(tables.suspended()).hasSize(2);
        services.clock().advance(Duration.ofHours(2));
        program.poll();

        services.tapProxy().always("/clicks/permitted", Fault.THROTTLED);
        tables.accept(program);

        tables.assertAllArrivedBut(CLICKS_PERMITTED);
    }
}
