package io.tapsentinel.testing;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.Program;
import io.tapsentinel.app.RunContext;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.read.StopSignal;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.api.TapClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Runs the whole program for simulated days: its routes, HTTP and store, with cron triggers and a clock controlled by the test. Only the
 * time to fill a batch differs: 5 ms of real time instead of 500.
 */
public final class SimulatedDays implements AutoCloseable {

    /** Initial time; the first poll follows five minutes later. */
    public static final Instant START = SimulatedServices.START;

    /** Seed of the events; {@code -Dday.seed} overrides it. */
    public static final long SEED = Long.getLong("day.seed", 20_261_122);

    private static final SandboxSettings NO_EVENTS = SandboxSettings.defaults().eventsPerHour(0);

    private final DrawnEvents events;
    private final SimulatedServices services;
    private final RecordingTap tap;
    private OptionalInt requestsPerDay = OptionalInt.empty();
    private RunningProgram program;
    private CronComponent cron;

    /** Uses a folder that is deleted at the end. */
    public SimulatedDays(DrawnEvents events) throws IOException {
        this(new SimulatedServices(NO_EVENTS), events);
    }

    /** Uses the test's folder. */
    public SimulatedDays(Path folder, DrawnEvents events) throws IOException {
        this(new SimulatedServices(folder, NO_EVENTS), events);
    }

    private SimulatedDays(SimulatedServices services, DrawnEvents events) throws IOException {
        this.services = services;
        this.events = events;
        this.tap = new RecordingTap(events, services.clock());
        services.with("tap.url", tap.uri().toString());
        for (String schedule : List.of("tap.poll.cron", "tap.sweep.cron")) {
            services.with(
                    schedule,
                    EffectiveProperties.load(services.folder(), Map.of()).get(schedule));
        }
        Path routes = Files.createDirectories(routes());
        try (var files = Files.list(Path.of("routes"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.writeString(
                        routes.resolve(file.getFileName()),
                        Files.readString(file).replace("lingerMs: 500", "lingerMs: 5"));
            }
        }
    }

    /** Folder of the routes of programs started later. */
    public Path routes() {
        return services.folder().resolve("routes");
    }

    /** Sets a property of programs started later. */
    public SimulatedDays with(String property, String value) {
        services.with(property, value);
        return this;
    }

    /** Sets the budget of programs started later, even one too small for the schedule. */
    public SimulatedDays budget(int requests) {
        requestsPerDay = OptionalInt.of(requests);
        return this;
    }

    public SimulatedDays start() {
        CronComponent own = new CronComponent(services.clock());
        Parts parts = new Parts() {
            @Override
            protected RequestBudget budget(RunContext run, Store store, TapClock tap) {
                return requestsPerDay.isEmpty()
                        ? super.budget(run, store, tap)
                        : new RequestBudget(
                                store,
                                requestsPerDay.getAsInt(),
                                run.settings().reservePercent(),
                                run.settings().cost().polls(),
                                tap,
                                run.clock());
            }

            @Override
            protected StopSignal stopSignal() {
                return new StopSignal() {
                    @Override
                    public boolean pause(Duration pause) {
                        services.clock().advance(pause);
                        return !isStopped();
                    }
                };
            }
        };
        program = services.start((settings, properties, clock, committed) -> {
            Program made = new Program(settings, properties, clock, clock, committed, FatalErrors.LOG_ONLY, parts);
            made.main().bind("quartz", own);
            made.main().addOverrideProperty("camel.main.routes-include-pattern", "file:" + routes() + "/*.camel.yaml");
            return made;
        });
        cron = own;
        return this;
    }

    /** The last started program. */
    public RunningProgram program() {
        return program;
    }

    public SimulatedDays stop() throws Exception {
        program.stop();
        return this;
    }

    /** Runs the program until this time. */
    public SimulatedDays runTo(Instant end) {
        cron.runTo(end);
        return this;
    }

    /** Lets time pass without the program. */
    public SimulatedDays pass(Duration time) {
        services.clock().advance(time);
        return this;
    }

    /** Makes further answers of TAP take this simulated time. */
    public SimulatedDays slow(Duration answer) {
        tap.slow(answer, () -> cron.fireBeside());
        return this;
    }

    public Instant now() {
        return services.clock().now();
    }

    public RecordingTap tap() {
        return tap;
    }

    public SimulatedServices services() {
        return services;
    }

    public DrawnEvents events() {
        return events;
    }

    public StoreQueries store() {
        return services.store();
    }

    @Override
    public void close() throws Exception {
        services.close();
        tap.close();
    }
}
