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
 * Live reload of a folder of routes. Camel's watcher says when to look; what is looked at is the folder as a whole, once it
 * reads the same twice, since editors write a file in steps. A set that {@link RouteContract} refuses, or that Camel cannot
 * start, leaves the running routes as they are, and a line says why, once per text.
 */
public final class RoutesReload extends FileWatcherResourceReloadStrategy {

    private static final Logger LOG = LoggerFactory.getLogger(RoutesReload.class);
    private final Path folder;
    private final RouteFiles started;
    private final Map<String, String> properties;
    private final Pace pace;
    private final AtomicBoolean due = new AtomicBoolean();
    private ScheduledExecutorService looks;
    private RunningRoutes running;
    private Look last;
    private Look decided;
    private volatile List<String> refused = List.of();

    /**
     * How fast a change is seen.
     *
     * @param quiet how long the folder has to read the same
     * @param look  how often to look without being told: a folder put in the place of another, or mounted from elsewhere, tells nothing
     */
    public record Pace(Duration quiet, Duration look) {
        public static final Pace USUAL = new Pace(Duration.ofMillis(300), Duration.ofSeconds(2));
    }

    /** What one look at the folder found: its files, or why they cannot be read. */
    private record Look(RouteFiles files, String failure) {}

    /**
     * @param started    the files that the running routes were loaded from
     * @param properties effective values, for placeholders
     */
    public RoutesReload(Path folder, RouteFiles started, Map<String, String> properties, Pace pace) {
        super(folder.toString());
        this.folder = folder;
        this.started = started;
        this.decided = new Look(started, null);
        this.properties = properties;
        this.pace = pace;
        setResourceReload((name, resource) -> scheduleLook());
    }

    /** Why the folder as it is now does not run; empty while it does. */
    public List<String> refused() {
        return refused;
    }

    @Override
    protected void doStart() throws Exception {
        running = new RunningRoutes(getCamelContext(), started);
        looks = getCamelContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "routes-reload");
        looks.scheduleWithFixedDelay(
                this::scheduleLook, pace.look.toMillis(), pace.look.toMillis(), TimeUnit.MILLISECONDS);
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        if (looks != null) {
            getCamelContext().getExecutorServiceManager().shutdownNow(looks);
        }
    }

    private void scheduleLook() {
        if (due.compareAndSet(false, true)) {
            looks.schedule(this::look, pace.quiet.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        due.set(false);
        Look now = read();
        if (!now.equals(last)) {
            last = now;
            scheduleLook();
        } else if (!now.equals(decided)) {
            decided = now;
            try {
                decide(now);
            } catch (Exception | Error e) {
                // an Error would vanish with its thread's task
                refuse(List.of("Camel cannot run it: " + CamelFailure.describe(e)));
                if (e.getSuppressed().length > 0) {
                    LOG.error(
                            "{} cannot be taken back to what ran before either, put it right or start again: {}",
                            folder,
                            CamelFailure.describe(e.getSuppressed()[0]));
                }
            }
        }
    }

    private void decide(Look now) throws Exception {
        if (now.files == null) {
            refuse(List.of(now.failure));
        } else if (now.files.texts().isEmpty()) {
            refuse(List.of("it holds no " + RouteFiles.PATTERN));
        } else if (running.isRunning(now.files)) {
            accept("is again what runs");
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
        problems.forEach(
                problem -> LOG.warn("{}/ is refused, the routes that run stay as they are: {}", folder, problem));
    }

    private Look read() {
        try {
            return new Look(RouteFiles.in(folder), null);
        } catch (InvalidSettingException e) {
            return new Look(null, e.getMessage());
        }
    }
}
