package io.tapsentinel.yamlroutes;

import io.tapsentinel.config.InvalidSettingException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.support.FileWatcherResourceReloadStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads a folder of routes after an edit. The folder is read as a whole, once two reads are equal, since editors save in several
 * writes. A set that {@link RouteContract} refuses or Camel cannot start leaves the running routes in place; the reason is logged
 * once per set.
 */
public final class RoutesReload extends FileWatcherResourceReloadStrategy {

    private static final Logger LOG = LoggerFactory.getLogger(RoutesReload.class);
    private final Path folder;
    private final RouteFiles started;
    private final Map<String, String> properties;
    private final Pace pace;
    private final AtomicBoolean due = new AtomicBoolean();
    private ScheduledExecutorService checks;
    private RunningRoutes running;
    private Snapshot last;
    private Snapshot decided;
    private volatile List<String> refused = List.of();

    /**
     * How fast a change is noticed.
     *
     * @param quiet    how long the folder must stay the same
     * @param interval how often to read it without a notification; a replaced or mounted folder sends none
     */
    public record Pace(Duration quiet, Duration interval) {
        public static final Pace USUAL = new Pace(Duration.ofMillis(300), Duration.ofSeconds(2));
    }

    /** What one read of the folder found: its files, or why they cannot be read. */
    private record Snapshot(RouteFiles files, String failure) {}

    /**
     * @param started    the files of the running routes
     * @param properties effective values, for placeholders
     */
    public RoutesReload(Path folder, RouteFiles started, Map<String, String> properties, Pace pace) {
        super(folder.toString());
        this.folder = folder;
        this.started = started;
        this.decided = new Snapshot(started, null);
        this.properties = properties;
        this.pace = pace;
        setResourceReload((name, resource) -> scheduleCheck());
    }

    /** The problems of the current folder; empty when its routes run. */
    public List<String> refused() {
        return refused;
    }

    @Override
    protected void doStart() throws Exception {
        running = new RunningRoutes(getCamelContext(), started);
        checks = getCamelContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "routes-reload");
        checks.scheduleWithFixedDelay(
                this::scheduleCheck, pace.interval.toMillis(), pace.interval.toMillis(), TimeUnit.MILLISECONDS);
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        if (checks != null) {
            getCamelContext().getExecutorServiceManager().shutdownNow(checks);
        }
    }

    private void scheduleCheck() {
        if (due.compareAndSet(false, true)) {
            checks.schedule(this::check, pace.quiet.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void check() {
        due.set(false);
        Snapshot now = read();
        if (!now.equals(last)) {
            last = now;
            scheduleCheck();
        } else if (!now.equals(decided)) {
            decided = now;
            try {
                decide(now);
            } catch (Exception | Error e) {
                // the executor would swallow an Error
                refuse(List.of("Camel cannot start it: " + CamelFailure.describe(e)));
                if (e.getSuppressed().length > 0) {
                    LOG.error(
                            "{}/: the previous routes cannot be restored either; fix the folder or restart the program: {}",
                            folder,
                            CamelFailure.describe(e.getSuppressed()[0]));
                }
            }
        }
    }

    private void decide(Snapshot now) throws Exception {
        if (now.files == null) {
            refuse(List.of(now.failure));
        } else if (now.files.texts().isEmpty()) {
            refuse(List.of("it has no " + RouteFiles.PATTERN + " file"));
        } else if (running.isRunning(now.files)) {
            accept("matches the running routes again");
        } else {
            List<String> problems = RouteContract.check(now.files, properties);
            if (problems.isEmpty()) {
                accept("reloaded: " + running.replaceBy(now.files));
            } else {
                refuse(problems);
            }
        }
    }

    private void accept(String how) {
        refused = List.of();
        LOG.info("{}/ {}", folder, how);
    }

    private void refuse(List<String> problems) {
        refused = List.copyOf(problems);
        problems.forEach(problem -> LOG.warn("{}/ is refused, the running routes stay in place: {}", folder, problem));
    }

    private Snapshot read() {
        try {
            return new Snapshot(RouteFiles.in(folder), null);
        } catch (InvalidSettingException e) {
            return new Snapshot(null, e.getMessage());
        }
    }
}
