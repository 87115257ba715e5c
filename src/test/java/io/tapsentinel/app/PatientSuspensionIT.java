package io.tapsentinel.app;

import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.sentinel.batch.FailureWatch;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.SuspendedTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Suspended tables combined with other limits: delivery timeout, request budget, TAP outage. */
class PatientSuspensionIT {

    private static final Duration POLL = Duration.ofMinutes(5);

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    private final SuspendedTables tables = new SuspendedTables(services);

    @ParameterizedTest
    @ValueSource(ints = {0, 600_000})
    void deliveryWithALongTimeoutIsDeferredInItsOwnWindow(int deliveryTimeoutMs) throws Exception {
        tables.refuse(MESSAGES_DELIVERED);
        RunningProgram program = services.start((settings, properties, clock, committed) -> {
            Program patient = new Program(settings, properties, clock, committed);
            patient.main().addOverrideProperty("camel.component.sentinel.delivery-timeout-ms", "" + deliveryTimeoutMs);
            patient.main().addOverrideProperty("camel.component.sentinel.retry-backoff-max-ms", "1000");
            return patient;
        });
        CompletableFuture<Void> poll = program.pollInBackground();
        await("the table has refused").until(() -> services.sinkProxy().requests(MESSAGES_DELIVERED.table()) > 0);
        assertThat(poll).isNotDone();

        services.clock().advance(FailureWatch.PATIENCE);
        poll.join();

        assertThat(services.reads(Purpose.POLL)).hasSize(1);
        assertThat(tables.suspended()).containsExactly(MESSAGES_DELIVERED.arrayName());
        tables.assertAllArrivedBut(MESSAGES_DELIVERED);
        tables.accept(program);
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    @Test
    void windowsFailUntilTheTableHasFailedForTwoMinutes() throws Exception {
        tables.refuse(MESSAGES_DELIVERED);
        RunningProgram program = services.start();
        for (int i = 0; i < 4; i++) {
            program.poll();
            assertThat(services.reads()).isEmpty();
            assertThat(tables.suspended()).isEmpty();
            services.clock().advance(FailureWatch.PATIENCE.dividedBy(4));
        }

        program.poll();

        assertThat(tables.suspended()).containsExactly(MESSAGES_DELIVERED.arrayName());
        tables.assertAllArrivedBut(MESSAGES_DELIVERED);
        tables.accept(program);
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    @Test
    void usedUpBudgetPostponesCatchUpButNotPolls() throws Exception {
        services.with("tap.budget.requests-per-day", "40").with("tap.sweep.ages", "PT4H");
        RunningProgram program = tables.start(MESSAGES_DELIVERED);
        for (int i = 0; i < 3; i++) {
            // often enough to avoid a backlog
            services.clock().advance(Duration.ofMinutes(25));
            program.poll();
        }
        useUpWhatPollsDoNotNeed();
        services.sinkProxy().forget();
        services.clock().advance(Duration.ofMinutes(25));

        program.pollWithTimeLeft();

        assertThat(tables.suspended()).isEmpty();
        assertThat(services.reads(Purpose.CATCH_UP)).isEmpty();
        tables.assertAllArrivedBut(MESSAGES_DELIVERED);
        assertThat(tables.deferred()).isPositive();
        assertThat(program.health("tap-health").getDetails().get("tap.postponed"))
                .asString()
                .contains("deferred events of " + MESSAGES_DELIVERED.table() + " wait");
        services.store().change("DELETE FROM request_log WHERE purpose = 'sweep'");
        services.clock().advance(POLL);
        program.pollWithTimeLeft();
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    @Test
    void tapOutageKeepsTheSuspensionAndLosesNothing() throws Exception {
        RunningProgram program = tables.start(MESSAGES_DELIVERED);
        services.tapProxy().always("/v2/siem", Fault.REFUSE);
        for (int i = 0; i < 6; i++) {
            services.clock().advance(Duration.ofMinutes(20));
            program.poll();
        }
        assertThat(tables.suspended()).containsExactly(MESSAGES_DELIVERED.arrayName());
        services.tapProxy().forget();
        services.clock().advance(POLL);
        program.pollWithTimeLeft();
        tables.assertAllArrivedBut(MESSAGES_DELIVERED);

        services.tapProxy().always("/messages/delivered", Fault.REFUSE);
        tables.accept(program);
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    private void useUpWhatPollsDoNotNeed() throws SQLException {
        try (Connection store = services.store().connect();
                PreparedStatement insert = store.prepareStatement(
                        "INSERT INTO request_log VALUES ('tap', 'everything-else', ?, 'sweep')")) {
            for (int i = 0; i < 28; i++) {
                insert.setLong(1, services.clock().now().toEpochMilli() + i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
