package io.tapsentinel.testing;

import io.tapsentinel.Program;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.route.StopSignal;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.state.RequestBudget;
import io.tapsentinel.state.Store;
import io.tapsentinel.tap.TimeRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.camel.health.HealthCheck;

/**
 * Days of the whole program in minutes: its own routes over HTTP and a store, triggered by their cron expressions, under a clock that
 * the test moves. One thing differs from the routes as they are: they wait 5 ms of real time for a batch to fill, not 500.
 */
public final class DayTrial implements AutoCloseable {

    /** When trials begin; also the first poll of a program that is started then is five minutes later. */
    public static final Instant START = Trial.START;

    private final Path folder;
    private final DayEvents events;
    private final Trial trial;
    private final DayTap tap;
    private final OwnDate date;
    private OptionalInt requestsPerDay = OptionalInt.empty();
    private RunningProgram program;
    private CronComponent cron;

    public DayTrial(Path folder, DayEvents events) throws IOException {
        this.folder = folder;
        this.events = events;
        this.trial =
                new Trial(folder, SandboxSettings.builder().eventsPerHour(0).build());
        this.tap = new DayTap(events, trial.clock());
        this.date = new OwnDate(tap.uri(), trial.clock()::now);
        trial.with("tap.url", date.uri().toString());
        for (String schedule : List.of("tap.poll.cron", "tap.sweep.cron")) {
            trial.with(schedule, EffectiveProperties.load(folder, Map.of()).get(schedule));
        }
        Path routes = Files.createDirectories(folder.resolve("routes"));
        try (var files = Files.list(Path.of("routes"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.writeString(
                        routes.resolve(file.getFileName()),
                        Files.readString(file).replace("lingerMs: 500", "lingerMs: 5"));
            }
        }
    }

    /** Another value of a property, for programs that are started from now on. */
    public DayTrial with(String property, String value) {
        trial.with(property, value);
        return this;
    }

    /** A budget for programs that are started from now on, also one that would be refused because the schedule does not fit. */
    public DayTrial budget(int requests) {
        requestsPerDay = OptionalInt.of(requests);
        return this;
    }

    /** What this health check finds now. */
    public HealthCheck.Result health(String check) {
        return program.camel()
                .getRegistry()
                .lookupByNameAndType(check, HealthCheck.class)
                .call();
    }

    public DayTrial start() {
        CronComponent own = new CronComponent(trial.clock());
        program = trial.start((settings, properties, clock, committed) -> {
            Program made = new Program(settings, properties, clock, committed) {
                @Override
                protected RequestBudget budget(Store store) {
                    return requestsPerDay.isEmpty()
                            ? super.budget(store)
                            : new RequestBudget(
                                    store,
                                    requestsPerDay.getAsInt(),
                                    settings.reservePercent(),
                                    settings.cost().polls(),
                                    clock);
                }

                @Override
                protected StopSignal stopSignal() {
                    return new StopSignal() {
                        @Override
                        public boolean pause(Duration pause) {
                            trial.clock().advance(pause);
                            return !isStopped();
                        }
                    };
                }
            };
            made.main().bind("quartz", own);
            made.main()
                    .addOverrideProperty(
                            "camel.main.routes-include-pattern", "file:" + folder.resolve("routes") + "/*.camel.yaml");
            return made;
        });
        cron = own;
        return this;
    }

    /** The one that was started last. */
    public RunningProgram program() {
        return program;
    }

    public DayTrial stop() throws Exception {
        program.stop();
        return this;
    }

    /** Runs the program until this time. */
    public DayTrial runTo(Instant end) {
        cron.runTo(end);
        return this;
    }

    /** Time passes without the program. */
    public DayTrial pass(Duration time) {
        trial.clock().advance(time);
        return this;
    }

    /** From now on every answer of TAP takes so long by the trial's clock. */
    public DayTrial slow(Duration answer) {
        tap.slow(answer, () -> cron.fireBeside());
        return this;
    }

    public Instant now() {
        return trial.clock().now();
    }

    public DayTap tap() {
        return tap;
    }

    public Trial trial() {
        return trial;
    }

    public DayEvents events() {
        return events;
    }

    /** A whole number, as the store's file has it. */
    public long number(String sql) throws SQLException {
        try (Connection store = store("state");
                ResultSet row = store.createStatement().executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Ranges of time, as the store's file has them. */
    public List<TimeRange> ranges(String sql) throws SQLException {
        List<TimeRange> ranges = new ArrayList<>();
        try (Connection store = store("state");
                ResultSet rows = store.createStatement().executeQuery(sql)) {
            while (rows.next()) {
                ranges.add(new TimeRange(Instant.ofEpochMilli(rows.getLong(1)), Instant.ofEpochMilli(rows.getLong(2))));
            }
        }
        return ranges;
    }

    public List<TimeRange> gaps() throws SQLException {
        return ranges("SELECT from_at, to_at FROM gap ORDER BY from_at");
    }

    public List<TimeRange> backlog() throws SQLException {
        return ranges("SELECT from_at, to_at FROM backlog ORDER BY from_at");
    }

    /** The store's file in this folder of the trial's, beside the program. */
    public Connection store(String state) throws SQLException {
        return TestDatabase.connect(folder.resolve(state).resolve("tap.db"));
    }

    @Override
    public void close() throws Exception {
        trial.close();
        date.close();
        tap.close();
    }
}
