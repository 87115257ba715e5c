package io.tapsentinel.app;

import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.table.HealthTable;
import io.tapsentinel.read.AnswerArchive;
import io.tapsentinel.read.ReadListener;
import io.tapsentinel.read.SeenRepository;
import io.tapsentinel.read.SourceState;
import io.tapsentinel.read.StopSignal;
import io.tapsentinel.read.WindowAttempts;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.yamlroutes.RouteFiles;
import io.tapsentinel.yamlroutes.RoutesReload;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.IdempotentRepository;

/** Parts of a run that tests replace. */
public class Parts {

    protected Path routesFolder() {
        return Path.of(RouteFiles.FOLDER);
    }

    protected RoutesReload.Pace reloadPace() {
        return RoutesReload.Pace.USUAL;
    }

    protected StopSignal stopSignal() {
        return new StopSignal();
    }

    protected SentinelComponent sentinel(Clock clock, Clock steady) {
        return new SentinelComponent(clock, steady);
    }

    protected Uploader uploader(RunContext run, Uploader usual) {
        return usual;
    }

    protected SeenKeys seenKeys(RunContext run, Store store) {
        return new SeenKeys(store, run.settings().keysInMemory(), run.settings().updates(), run.clock());
    }

    protected IdempotentRepository repository(EventType type, SeenKeys seen) {
        return new SeenRepository(type, seen);
    }

    protected RequestBudget budget(RunContext run, Store store, TapClock tap) {
        Settings settings = run.settings();
        return new RequestBudget(
                store,
                settings.requestsPerDay(),
                settings.reservePercent(),
                settings.cost().polls(),
                tap,
                run.clock());
    }

    protected WindowAttempts attempts(RunContext run, SeenKeys seen, SourceState tap, ReadListener reads) {
        return new WindowAttempts(
                seen, tap, run.settings().refusals().retries(), run.clock(), run.stop(), reads, run.internal());
    }

    protected AnswerArchive archive(AnswerArchive usual) {
        return usual;
    }

    protected RouteBuilder healthTable(RouteBuilder usual, HealthTable table) {
        return usual;
    }
}
