package io.tapsentinel.app;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.monitoring.health.StreamCheck;
import io.tapsentinel.monitoring.metrics.Metrics;
import io.tapsentinel.net.Network;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.read.AnswerArchive;
import io.tapsentinel.read.FirstPoll;
import io.tapsentinel.read.InternalFailures;
import io.tapsentinel.read.SpoolFolder;
import io.tapsentinel.sentinel.DeliveryStatus;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.LedgerEntry;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run: assembles, starts and stops its parts. The store outlives Camel: a reloaded route must not close it. */
public final class Program {

    /** The version, or {@code development} if not packaged. */
    public static final String VERSION =
            Objects.requireNonNullElse(Program.class.getPackage().getImplementationVersion(), "development");

    private static final Logger LOG = LoggerFactory.getLogger(Program.class);

    private final RunContext run;
    private final Consumer<LedgerEntry> committed;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private boolean asksAtOnce;
    private volatile long acknowledgedAtStop;
    private volatile long failedAtStop;

    /** A program with one clock and the default parts that only logs an Error. */
    public Program(Settings settings, Map<String, String> properties, Clock clock, Consumer<LedgerEntry> committed) {
        this(settings, properties, clock, clock, committed, FatalErrors.LOG_ONLY, new Parts());
    }

    /**
     * @param properties effective values, for the placeholders of routes
     * @param steady     monotonic clock for waits and ages
     * @param committed  called after each committed read
     * @param fatal      handles an Error while reading, sending or committing
     * @throws InvalidSettingException if the proxy settings or {@code tls.ca-file} are wrong
     */
    public Program(
            Settings settings,
            Map<String, String> properties,
            Clock clock,
            Clock steady,
            Consumer<LedgerEntry> committed,
            FatalErrors fatal,
            Parts parts) {
        this.run = new RunContext(
                settings,
                properties,
                Network.of(properties, System.getenv()),
                clock,
                steady,
                fatal,
                parts,
                new Main(),
                Metrics.registry(),
                parts.stopSignal(),
                new InternalFailures(fatal, steady),
                parts.sentinel(clock, steady));
        this.committed = committed;
    }

    /**
     * Runs until {@link #stop}.
     *
     * @return {@code drained: N rows, M pending}: rows sent during the stop, and rows not sent
     */
    public String run() throws Exception {
        Settings settings = run.settings();
        try (Store store = Store.open(settings.state(), settings.source(), settings.sourceIdentity())) {
            // after the store is locked: the files may belong to another process until then
            SpoolFolder.prepare(settings.spool());
            assemble(store);
            LOG.info(
                    "tap-sentinel reads {} (tap.poll.cron={}), delivers to {} and stores its state in {}",
                    settings.tapUrl(),
                    run.properties().get("tap.poll.cron"),
                    settings.ingestion(),
                    settings.state());
            LOG.info(
                    "Schedule: {}, {} % of the limit of {}",
                    settings.cost(),
                    settings.cost().total() * 100 / settings.requestsPerDay(),
                    HumanText.number(settings.requestsPerDay()));
            for (URI to : List.of(settings.tapUrl(), settings.ingestion())) {
                run.network()
                        .describeProxy(to)
                        .ifPresent(proxy -> LOG.info("Connecting to {} through the proxy {}", to, proxy));
            }
            main().run();
        }
        DeliveryStatus deliveries = sentinel().deliveryStatus();
        // rows that failed since the stop count as pending: Sentinel may have them or not
        return "drained: " + (deliveries.acknowledged() - acknowledgedAtStop) + " rows, "
                + (deliveries.pending() + deliveries.failed() - failedAtStop) + " pending";
    }

    /** Makes {@link #run} poll TAP and check Sentinel right after the start instead of at the next scheduled poll. */
    public Program askAtOnce() {
        asksAtOnce = true;
        return this;
    }

    /** Stops reading, sends batched rows and makes {@link #run} return; for signal handlers. */
    public void stop() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        acknowledgedAtStop = sentinel().deliveryStatus().acknowledged();
        failedAtStop = sentinel().deliveryStatus().failed();
        run.stop().stop();
        sentinel().drain();
        main().completed();
    }

    public Main main() {
        return run.main();
    }

    public SentinelComponent sentinel() {
        return run.sentinel();
    }

    private void assemble(Store opened) {
        StorePart store = new StorePart(run, opened);
        TapPart tap = new TapPart(run, opened);
        ReadingPart reading = new ReadingPart(run, store, tap, committed);
        if (asksAtOnce) {
            askAfterStart(reading.first);
        }
        SentinelPart.bind(run, store, reading.rejected);
        CamelPart.add(run);
        RoutesPart.add(run);
        ServersPart.add(run);
        main().addMainListener(new HttpPart(run, tap, reading.requests));
        MonitoringPart.add(run, store, tap, reading);
        AnswerArchive archive = run.parts().archive(ArchivePart.add(run));
        reading.addRoutes(run, store, tap, archive);
        ReplayPart.add(run, store, tap, reading);
    }

    private void askAfterStart(FirstPoll first) {
        StreamCheck streams = SentinelPart.check(run);
        main().addMainListener(new MainListenerSupport() {
            @Override
            public void afterStart(BaseMainSupport started) {
                first.begin(started.getCamelContext());
                streams.begin();
            }
        });
    }
}
