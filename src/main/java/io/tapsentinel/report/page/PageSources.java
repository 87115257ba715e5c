package io.tapsentinel.report.page;

import io.tapsentinel.read.FirstPoll;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.store.StoreAddress;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.RequestBudget;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Whom the page asks.
 *
 * @param store      where the store lies
 * @param source     name of the account in it
 * @param version    of this program
 * @param startedAt  when it was started
 * @param sandbox    whether both services are stood in for
 * @param properties effective values
 * @param first      knows when TAP is asked next
 * @param rejected   folder of rejected records; null when they go elsewhere
 * @param firstSweep how long after its end an hour is swept first; null for never
 */
public record PageSources(
        StoreAddress store,
        String source,
        String version,
        Instant startedAt,
        boolean sandbox,
        Map<String, String> properties,
        FirstPoll first,
        Path rejected,
        Duration firstSweep,
        ReadState state,
        RequestBudget budget,
        SentinelComponent sentinel,
        Clock clock) {}
