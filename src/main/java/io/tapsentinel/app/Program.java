package io.tapsentinel.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.tapsentinel.archive.Archive;
import io.tapsentinel.archive.ArchiveFigures;
import io.tapsentinel.archive.ArchiveRoute;
import io.tapsentinel.archive.ArchiveSender;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.monitoring.health.ArchiveHealthCheck;
import io.tapsentinel.monitoring.health.CompletenessHealthCheck;
import io.tapsentinel.monitoring.health.SentinelHealthCheck;
import io.tapsentinel.monitoring.health.StorageHealthCheck;
import io.tapsentinel.monitoring.health.StreamCheck;
import io.tapsentinel.monitoring.health.TapHealthCheck;
import io.tapsentinel.monitoring.metrics.DeliveryMetrics;
import io.tapsentinel.monitoring.metrics.Metrics;
import io.tapsentinel.monitoring.metrics.ReadMetrics;
import io.tapsentinel.monitoring.table.HealthTable;
import io.tapsentinel.monitoring.table.HealthTableService;
import io.tapsentinel.net.Network;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.read.AnswerArchive;
import io.tapsentinel.read.FilteredRoute;
import io.tapsentinel.read.FirstPoll;
import io.tapsentinel.read.InternalFailures;
import io.tapsentinel.read.KeptBackoff;
import io.tapsentinel.read.PostponedReads;
import io.tapsentinel.read.ReadListener;
import io.tapsentinel.read.ReadRoutes;
import io.tapsentinel.read.SeenRepository;
import io.tapsentinel.read.SourceLock;
import io.tapsentinel.read.SpoolFolder;
import io.tapsentinel.read.StopSignal;
import io.tapsentinel.read.SweepRun;
import io.tapsentinel.read.TapBudget;
import io.tapsentinel.read.TapRun;
import io.tapsentinel.read.UnreadAnswers;
import io.tapsentinel.read.Unrouted;
import io.tapsentinel.read.WindowAttempts;
import io.tapsentinel.rejected.FileEndpoint;
import io.tapsentinel.rejected.RejectedRoute;
import io.tapsentinel.rejected.RejectedStore;
import io.tapsentinel.replay.Replay;
import io.tapsentinel.replay.ReplayRoute;
import io.tapsentinel.replay.Retention;
import io.tapsentinel.replay.RetentionRoute;
import io.tapsentinel.report.page.PageRoute;
import io.tapsentinel.report.page.PageSources;
import io.tapsentinel.sentinel.Deliveries;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.azure.BlobClients;
import io.tapsentinel.sentinel.azure.OwnBlobClients;
import io.tapsentinel.sentinel.batch.SuspensionLog;
import io.tapsentinel.sentinel.schema.FieldReport;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.upload.IngestionClients;
import io.tapsentinel.sentinel.upload.IngestionUploader;
import io.tapsentinel.sentinel.upload.Uploader;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.BackoffTable;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.DeliveredHours;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.SuspensionTable;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.api.TapCondition;
import io.tapsentinel.tap.api.TapCredentials;
import io.tapsentinel.tap.api.TapDates;
import io.tapsentinel.tap.plan.PollSchedule;
import io.tapsentinel.tap.plan.SweepPlanner;
import io.tapsentinel.tap.plan.WindowPlanner;
import io.tapsentinel.tap.plan.WindowSize;
import io.tapsentinel.yamlroutes.LookupFiles;
import io.tapsentinel.yamlroutes.RouteFiles;
import io.tapsentinel.yamlroutes.RoutesReload;
import io.tapsentinel.yamlroutes.SwallowedOutcomes;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.IdempotentRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one run and what owns them: the store outlives Camel, since a reloaded route must not close it. Tests put
 * other parts in by overriding the protected methods.
 */
public class Program {

    /** Of this program; development where it was not packaged. */
    public static final String VERSION =
            Objects.requireNonNullElse(Program.class.getPackage().getImplementationVersion(), "development");

    private static final Logger LOG = LoggerFactory.getLogger(Program.class);

    private final Settings settings;
    private final Map<String, String> properties;
    private final Network network;
    private final Clock clock;
    private final Clock steady;
    private final MeterRegistry registry = Metrics.registry();
    private final ReadMetrics readMetrics;
    private ReadListener reads;
    private final Main main = new Main();
    private final FatalErrors fatal;
    private final InternalFailures internal;
    private final SentinelComponent sentinel;
    private final StopSignal stop = stopSignal();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private boolean asksAtOnce;
    private volatile long acknowledgedAtStop;
    private volatile long failedAtStop;

    /**
     * @param settings   what the properties say, checked
     * @param properties effective values, for the placeholders of routes
     * @param committed  told of every read after it became durable
     * @throws InvalidSettingException when the environment's proxy, or {@code tls.ca-file}, is wrong
     */
    public Program(Settings settings, Map<String, String> properties, Clock clock, Consumer<LedgerEntry> committed) {
        this(settings, properties, clock, clock, committed, FatalErrors.LOG_ONLY);
    }

    /**
     * The other parameters as above.
     *
     * @param steady for waits and ages inside the process; it is not set when the clock is
     * @param fatal  what follows an Error in reading, sending or committing
     */
    public Program(
            Settings settings,
            Map<String, String> properties,
            Clock clock,
            Clock steady,
            Consumer<LedgerEntry> committed,
            FatalErrors fatal) {
        this.settings = settings;
        this.properties = properties;
        this.network = Network.of(properties, System.getenv());
        this.clock = clock;
        this.steady = steady;
        this.readMetrics = new ReadMetrics(registry, clock, steady);
        this.reads = readMetrics.and(ReadListener.of(committed));
        this.fatal = fatal;
        this.internal = new InternalFailures(fatal, steady);
        this.sentinel = component();
        sentinel.onFatalError(fatal);
    }

    /**
     * Runs until {@link #stop}.
     *
     * @return what the stop sent and what it left behind, {@code drained: N rows, M pending}
     */
    public String run() throws Exception {
        try (Store store = Store.open(settings.state(), settings.source(), settings.sourceIdentity())) {
            // only now: while another process holds the store, what lies there may be its own
            SpoolFolder.prepare(settings.spool());
            assemble(store);
            LOG.info(
                    "tap-sentinel reads {} on {} into {} and keeps its state in {}",
                    settings.tapUrl(),
                    properties.get("tap.poll.cron"),
                    settings.ingestion(),
                    settings.state());
            LOG.info(
                    "{}, {} % of {}",
                    settings.cost(),
                    settings.cost().total() * 100 / settings.requestsPerDay(),
                    settings.requestsPerDay());
            for (URI to : List.of(settings.tapUrl(), settings.ingestion())) {
                network.describeProxy(to).ifPresent(proxy -> LOG.info("reaches {} through the proxy {}", to, proxy));
            }
            main.run();
        }
        Deliveries deliveries = sentinel.deliveries();
        // what failed since the stop was given up or interrupted: Sentinel may have it or not
        return "drained: " + (deliveries.acknowledged() - acknowledgedAtStop) + " rows, "
                + (deliveries.pending() + deliveries.failed() - failedAtStop) + " pending";
    }

    /** Has {@link #run} ask TAP as soon as it has started, not at the next scheduled poll, and Sentinel whether it takes rows. */
    public Program askAtOnce() {
        asksAtOnce = true;
        return this;
    }

    /** Stops reading at once, sends what is batched, and lets {@link #run} return; for signal handlers. */
    public void stop() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        acknowledgedAtStop = sentinel.deliveries().acknowledged();
        failedAtStop = sentinel.deliveries().failed();
        stop.stop();
        sentinel.drain();
        main.completed();
    }

    /** Camel Main, for a look from outside. */
    public Main main() {
        return main;
    }

    /** The component that uploads, for a look from outside. */
    public SentinelComponent sentinel() {
        return sentinel;
    }

    private void assemble(Store store) {
        SeenKeys seen = seenKeys(store);
        TapCondition tap = new TapCondition(
                new TapBackoff(
                        settings.refusals().throttled(), settings.refusals().credentials()),
                new TapClock(clock, steady),
                new WindowSize(),
                steady);
        RequestBudget budget = budget(store, tap.clock());
        PostponedReads postponed = new PostponedReads(budget, clock);
        ReadState state = new ReadState(store, clock);
        state.lastPoll().ifPresent(readMetrics::lastPoll);
        TapCredentials credentials = new TapCredentials(settings.tapUrl(), settings.principal(), settings.secret());
        KeptBackoff rest = new KeptBackoff(tap.rest(), new BackoffTable(store), credentials, clock);
        SourceLock source = new SourceLock(store, seen, rest, sentinel.suspensions(), stop);
        Completeness completeness = new Completeness(store);
        SuspensionLog suspensions = new SuspensionTable(store);
        Figures figures = new Figures(state, completeness, suspensions, clock);
        PollSchedule schedule = new PollSchedule(properties);
        TapHealthCheck health = new TapHealthCheck(tap, figures, budget, postponed, schedule, clock);
        FirstPoll first = new FirstPoll(state, budget, tap, health::sentence, schedule, source, stop, clock);
        main.bind("tap-start", first);
        if (asksAtOnce) {
            askAfterStart(first);
        }
        TapBudget requests = new TapBudget(settings.tapUrl(), budget, first::answered);
        reads = reads.and(rest).and(first);
        RejectedStore rejected = new RejectedStore(settings.rejected(), settings.spool(), main::getCamelContext);
        WindowAttempts attempts = attempts(seen, tap, stop).with(new UnreadAnswers(state.unreadable(), rejected));
        TapRun run = new TapRun(
                planner(),
                state,
                seen,
                attempts,
                tap,
                postponed,
                sentinel.suspensions(),
                source,
                internal,
                stop,
                settings.planner().settle(),
                clock,
                steady);
        SweepRun sweeps = new SweepRun(
                new SweepPlanner(settings.sweepAges()),
                state,
                completeness,
                attempts,
                postponed,
                tap,
                source,
                internal,
                stop,
                clock);
        Unrouted unrouted = new Unrouted(rejected, seen, clock);
        sentinel.setRejectedLog(rejected);
        sentinel.setUploader(uploader());
        sentinel.setDeliveryLog(seen);
        sentinel.setSuspensionLog(suspensions);
        main.bind("sentinel", sentinel);
        main.bind("thread-pools", new CamelThreadPools(fatal));
        for (EventType type : EventType.values()) {
            main.bind(type.repository(), repository(type, seen));
        }
        main.bind(LookupFiles.BEAN, new LookupFiles(Path.of(""), clock));
        new CamelSetup(
                        settings,
                        properties,
                        credentials,
                        new TapDates(settings.tapUrl(), tap.clock(), clock),
                        requests,
                        health,
                        new SentinelHealthCheck(sentinel, figures::tables, clock),
                        network,
                        routesFolder(),
                        reloadPace(),
                        internal::isStuck,
                        fatal,
                        clock)
                .configure(main);
        main.bind("tap-completeness", new CompletenessHealthCheck(figures));
        Metrics.ofReading(registry, figures, budget, seen, steady);
        Metrics.ofDelivery(registry, sentinel, clock.instant());
        Metrics.ofProgram(registry, VERSION);
        sentinel.deliveries().tell(table -> new DeliveryMetrics(registry, table, clock));
        sentinel.setAdditionalFields(settings.additionalFields());
        sentinel.setMappingReport(new FieldReport(clock, settings.additionalFields(), registry));
        main.bind(Metrics.REGISTRY, registry);
        main.bind(
                "tap-storage",
                new StorageHealthCheck(
                        store,
                        seen,
                        unrouted,
                        rejected,
                        settings.rejected(),
                        settings.replay(),
                        settings.spool(),
                        clock));
        if (settings.healthTable()) {
            main.configure()
                    .addRoutesBuilder(telling(
                            store,
                            new HealthTable(
                                    settings.source(),
                                    VERSION,
                                    sentinel,
                                    figures,
                                    new DeliveredHours(store),
                                    budget,
                                    tap.rest().lastError())));
        }
        if (CamelSetup.serves(properties)) {
            Path folder = FileEndpoint.folder(settings.rejected().uri()).orElse(null);
            Duration firstSweep = settings.sweepAges().stream().findFirst().orElse(null);
            main.configure()
                    .addRoutesBuilder(new PageRoute(
                            new PageSources(
                                    settings.state(),
                                    settings.source(),
                                    VERSION,
                                    clock.instant(),
                                    settings.sourceIdentity().equals("sandbox"),
                                    properties,
                                    first,
                                    folder,
                                    firstSweep,
                                    state,
                                    seen,
                                    budget,
                                    sentinel,
                                    clock),
                            properties.get("camel.server.host")));
        }
        main.configure().addRoutesBuilder(new FilteredRoute(seen));
        main.configure().addRoutesBuilder(spine(run, sweeps, requests, unrouted, archive()));
        main.configure().addRoutesBuilder(new RejectedRoute(settings.rejected().uri()));
        main.bind(
                "azure-storage-blob-clients",
                new OwnBlobClients(
                        new BlobClients(settings.blobs().endpoint(), settings.cloud(), network, System.getenv())));
        main.configure()
                .addRoutesBuilder(new ReplayRoute(
                        settings.replay().uri(),
                        settings.spool(),
                        new Replay(state, seen, unrouted, source, stop, clock, reads, fatal),
                        clock));
        main.configure()
                .addRoutesBuilder(new RetentionRoute(
                        new Retention(settings.rejected(), settings.replay(), clock, tap::isTimeKnown)));
    }

    private void askAfterStart(FirstPoll first) {
        StreamCheck streams = new StreamCheck(
                sentinel,
                Stream.of(EventType.values())
                        .map(type -> TableSchema.of(type.table()))
                        .toList(),
                stop::pause);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterStart(BaseMainSupport started) {
                first.begin(started.getCamelContext());
                streams.begin();
            }
        });
    }

    private AnswerArchive archive() {
        Archive archive = new Archive(
                settings.archive().outbox(),
                settings.source(),
                settings.archive().maxBytes(),
                clock);
        ArchiveSender sender = new ArchiveSender(archive, steady, fatal);
        ArchiveFigures waiting = new ArchiveFigures(archive, clock);
        ArchiveFigures.register(registry, archive, sender, waiting, steady);
        if (settings.archive().uri().isEmpty()) {
            return AnswerArchive.NONE;
        }
        LOG.info(
                "answers of TAP in which something is new are kept at {}",
                settings.archive().uri().get().replaceAll("[?].*", ""));
        main.bind("tap-archive", new ArchiveHealthCheck(archive, sender, waiting));
        main.configure().addRoutesBuilder(new ArchiveRoute(archive, sender));
        return archive;
    }

    protected RouteBuilder telling(Store store, HealthTable table) {
        return HealthTableService.of(table, store::mayReport);
    }

    protected Path routesFolder() {
        return Path.of(RouteFiles.FOLDER);
    }

    protected RoutesReload.Pace reloadPace() {
        return RoutesReload.Pace.USUAL;
    }

    protected RequestBudget budget(Store store, TapClock tap) {
        return new RequestBudget(
                store,
                settings.requestsPerDay(),
                settings.reservePercent(),
                settings.cost().polls(),
                tap,
                clock);
    }

    protected SeenKeys seenKeys(Store store) {
        return new SeenKeys(store, settings.keysInMemory(), settings.updates(), clock);
    }

    protected IdempotentRepository repository(EventType type, SeenKeys seen) {
        return new SeenRepository(type, seen);
    }

    protected WindowPlanner planner() {
        return new WindowPlanner(settings.planner());
    }

    protected WindowAttempts attempts(SeenKeys seen, TapCondition tap, StopSignal stop) {
        return new WindowAttempts(seen, tap, settings.refusals().retries(), clock, stop, reads, internal);
    }

    protected StopSignal stopSignal() {
        return new StopSignal();
    }

    protected ReadRoutes spine(
            TapRun run, SweepRun sweeps, TapBudget budget, Unrouted unrouted, AnswerArchive archive) {
        return new ReadRoutes(
                run, sweeps, budget, settings.threatStatus(), unrouted, archive, SwallowedOutcomes::of, clock);
    }

    protected SentinelComponent component() {
        return new SentinelComponent(clock, steady);
    }

    protected Uploader uploader() {
        IngestionClients clients =
                new IngestionClients(settings.ingestion().toString(), settings.cloud(), network, System.getenv());
        return new IngestionUploader(
                settings.ingestion(), settings.authenticate() ? clients::azure : clients::anonymous, settings.ruleId());
    }
}
