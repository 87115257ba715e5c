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
 * The sources of the page's figures.
 *
 * @param source     name of the account in the store
 * @param startedAt  start of the program
 * @param sandbox    whether TAP and Sentinel are simulated
 * @param properties effective values
 * @param first      knows the time of the next poll
 * @param rejected   folder of rejected records; null if they are not in a folder
 * @param firstSweep age of the first sweep of an hour; null for never
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
