package io.tapsentinel.app;

import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.health.HealthEndpoint;
import io.tapsentinel.monitoring.health.ProcessHealthCheck;
import io.tapsentinel.monitoring.health.RoutesHealthCheck;
import io.tapsentinel.monitoring.health.SentinelHealthCheck;
import io.tapsentinel.monitoring.health.TapHealthCheck;
import io.tapsentinel.net.BoundedHttpComponent;
import io.tapsentinel.net.BoundedHttpServers;
import io.tapsentinel.net.CamelHttp;
import io.tapsentinel.net.Network;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.read.TapBudget;
import io.tapsentinel.read.TriggerPlan;
import io.tapsentinel.rejected.FileEndpoint;
import io.tapsentinel.report.page.PageRoute;
import io.tapsentinel.store.SharedTriggers;
import io.tapsentinel.tap.api.AnswerLimits;
import io.tapsentinel.tap.api.TapCredentials;
import io.tapsentinel.tap.api.TapDates;
import io.tapsentinel.tap.api.TapTimeout;
import io.tapsentinel.yamlroutes.RouteContract;
import io.tapsentinel.yamlroutes.RouteFiles;
import io.tapsentinel.yamlroutes.RoutesReload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Service;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.SimpleTypeConverter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Camel Main has to know: where properties and routes are, how bodies are spooled, who signs requests, who is well. */
public final class CamelSetup extends MainListenerSupport {

    private static final Logger LOG = LoggerFactory.getLogger(CamelSetup.class);
    private static final String SERVER = "camel.server";
    private static final String MANAGEMENT = "camel.management";
    /** Whether the status page is served. */
    public static final String PAGE = SERVER + ".enabled";
    /** Whether an edit of the folder is used while the program runs. */
    public static final String RELOAD = "camel.main.routes-reload-enabled";
    /** Answers over this many bytes go to disk. */
    private static final int SPOOL_OVER = 1_000_000;

    private final Settings settings;
    private final Map<String, String> properties;
    private final TapCredentials credentials;
    private final TapDates dates;
    private final TapBudget budget;
    private final TapHealthCheck tapHealth;
    private final SentinelHealthCheck sentinelHealth;
    private final Network network;
    private final Path folder;
    private final RoutesReload.Pace pace;
    private final BooleanSupplier stuck;
    private final FatalErrors fatal;
    private final Clock clock;
    private RoutesReload reload;
    private boolean httpServers;
    private BoundedHttpServers vertx;

    /**
     * @param folder of routes, which wins over the packaged ones when there are any in it
     * @param stuck  whether only a restart can help
     * @param fatal  gets an Error of the servers for health and the page
     */
    CamelSetup(
            Settings settings,
            Map<String, String> properties,
            TapCredentials credentials,
            TapDates dates,
            TapBudget budget,
            TapHealthCheck tapHealth,
            SentinelHealthCheck sentinelHealth,
            Network network,
            Path folder,
            RoutesReload.Pace pace,
            BooleanSupplier stuck,
            FatalErrors fatal,
            Clock clock) {
        this.settings = settings;
        this.properties = properties;
        this.credentials = credentials;
        this.dates = dates;
        this.budget = budget;
        this.tapHealth = tapHealth;
        this.sentinelHealth = sentinelHealth;
        this.network = network;
        this.folder = folder;
        this.pace = pace;
        this.stuck = stuck;
        this.fatal = fatal;
        this.clock = clock;
    }

    /** Whether the status page is served; off where nobody says so. */
    static boolean serves(Map<String, String> properties) {
        return Boolean.parseBoolean(properties.get(PAGE));
    }

    void configure(Main main) {
        String file = EffectiveProperties.FILE + ";optional=true";
        main.setPropertyPlaceholderLocations("file:" + file + ",classpath:" + file);
        // what was resolved and checked once is what routes see
        EffectiveProperties.forRoutes(properties).forEach(main::addOverrideProperty);
        settings.archive()
                .uri()
                .ifPresent(uri -> main.addOverrideProperty("tap.archive.uri", FileEndpoint.closed(uri)));
        main.addOverrideProperty("camel.main.stream-caching-enabled", "true");
        main.addOverrideProperty("camel.main.stream-caching-spool-enabled", "true");
        main.addOverrideProperty(
                "camel.main.stream-caching-spool-directory", settings.spool().toString());
        // Camel would remove the folder with everything else that lies in it
        main.addOverrideProperty("camel.main.stream-caching-remove-spool-directory-when-stopping", "false");
        main.addOverrideProperty("camel.main.stream-caching-spool-threshold", String.valueOf(SPOOL_OVER));
        main.addOverrideProperty(
                "camel.main.shutdown-timeout",
                String.valueOf(settings.shutdownTimeout().toSeconds()));
        boolean own = RouteFiles.areIn(folder);
        RouteFiles files = own ? RouteFiles.in(folder) : RouteFiles.packaged();
        List<String> problems = RouteContract.problems(files, properties);
        if (!problems.isEmpty()) {
            throw new InvalidSettingException("routes/ is refused: " + String.join("; ", problems));
        }
        main.configure()
                .setRoutesIncludePattern(
                        (own ? "file:" + folder : "classpath:" + RouteFiles.FOLDER) + "/" + RouteFiles.PATTERN);
        // nothing that is asked for has a body, and Vert.x would hold one of 10 MB for each connection
        main.addOverrideProperty(SERVER + ".max-body-size", "0");
        main.addOverrideProperty(PAGE, String.valueOf(serves(properties)));
        for (String server : List.of(SERVER, MANAGEMENT)) {
            main.addOverrideProperty(server + ".host", properties.get(server + ".host"));
        }
        // Camel's own looks at one file at a time and asks nobody
        main.addOverrideProperty(RELOAD, "false");
        if (own && Boolean.parseBoolean(properties.get(RELOAD))) {
            reload = new RoutesReload(folder, files, properties, pace);
            main.bind("tap-routes", new RoutesHealthCheck(reload));
        }
        main.bind("process-health", new ProcessHealthCheck(stuck));
        main.bind("tap-health", tapHealth);
        main.bind("sentinel-health", sentinelHealth);
        main.addMainListener(this);
    }

    @Override
    public void beforeInitialize(BaseMainSupport main) {
        // the environment was looked up before; by itself it would win over the sandbox's addresses
        PropertiesComponent own = (PropertiesComponent) main.getCamelContext().getPropertiesComponent();
        own.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_FALLBACK);
        own.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_FALLBACK);
        for (String server : List.of(SERVER, MANAGEMENT)) {
            if (main.getCamelContext()
                    .resolvePropertyPlaceholders("{{" + server + ".enabled}}")
                    .equals("true")) {
                requireFree(main.getCamelContext(), server);
                httpServers = true;
            }
        }
    }

    @Override
    public void beforeConfigure(BaseMainSupport main) {
        if (httpServers) {
            vertx = new BoundedHttpServers(BoundedHttpServers.IDLE, fatal);
            main.getCamelContext().getRegistry().bind("http-servers", vertx);
        }
        // the router compares types with words; without a converter of its own each comparison tries all of Camel's,
        // which
        // took half of the time of every event
        main.getCamelContext()
                .getTypeConverterRegistry()
                .addTypeConverter(
                        EventType.class,
                        String.class,
                        new SimpleTypeConverter(
                                true,
                                (to, exchange, word) -> Stream.of(EventType.values())
                                        .filter(type -> type.name().equals(word))
                                        .findFirst()
                                        .orElse(null)));
        main.getCamelContext().getCamelContextExtension().registerEndpointCallback((uri, endpoint) -> {
            if (endpoint instanceof QuartzEndpoint schedule) {
                TriggerPlan.inUtc(schedule);
            }
            return endpoint;
        });
        if (settings.state().isShared()
                && main.getCamelContext().getComponent("quartz") instanceof QuartzComponent quartz) {
            quartz.setProperties(SharedTriggers.properties(settings.state(), settings.source()));
            quartz.setPrefixInstanceName(false);
        }
        CamelHttp way = new CamelHttp(network);
        AnswerLimits limits = new AnswerLimits(settings.tapUrl(), settings.maxAnswerMegabytes());
        TapTimeout timeout = new TapTimeout(settings.tapUrl(), () -> budget.timeout(settings.requestTimeout()));
        for (String scheme : new String[] {"http", "https"}) {
            HttpComponent http = new BoundedHttpComponent();
            main.getCamelContext().addComponent(scheme, http);
            http.setHttpClientConfigurer(builder -> {
                credentials.configureHttpClient(builder);
                dates.configureHttpClient(builder);
                budget.configureHttpClient(builder);
                limits.configureHttpClient(builder);
                timeout.configureHttpClient(builder);
                way.configureHttpClient(builder);
            });
            // else a 429, a 503 or a broken connection is asked again after a second, uncounted and without a rest
            http.setAutomaticRetriesDisabled(true);
            if (scheme.equals("https")) {
                way.secure(http);
            }
        }
    }

    @Override
    public void afterStart(BaseMainSupport main) {
        HealthEndpoint.serve(main.getCamelContext());
        if (serves(properties)) {
            LOG.info(PageRoute.describe(
                    properties.get(SERVER + ".host"),
                    main.getCamelContext().resolvePropertyPlaceholders("{{" + SERVER + ".port}}")));
        }
        if (main.getCamelContext().hasComponent("quartz") instanceof QuartzComponent quartz) {
            add(main, new TriggerPlan(quartz, clock));
        }
        if (reload != null) {
            add(main, reload);
        }
    }

    @Override
    public void afterStop(BaseMainSupport main) {
        if (vertx != null) {
            vertx.close();
        }
    }

    private static void add(BaseMainSupport main, Service service) {
        try {
            main.getCamelContext().addService(service);
        } catch (Exception e) {
            throw new IllegalStateException(service.getClass().getSimpleName() + " cannot be started", e);
        }
    }

    /** Camel Main goes on without its server when it cannot listen; we do not. */
    private static void requireFree(CamelContext context, String server) {
        String host = context.resolvePropertyPlaceholders("{{" + server + ".host}}");
        String port = context.resolvePropertyPlaceholders("{{" + server + ".port}}");
        requireListening(server + ".host", host, "an address of this machine", host, "0");
        requireListening(server + ".port", port, "a free port", host, port);
    }

    private static void requireListening(String property, String value, String bound, String host, String port) {
        try {
            new ServerSocket(Integer.parseInt(port), 1, InetAddress.getByName(host)).close();
        } catch (IllegalArgumentException | IOException e) {
            throw new InvalidSettingException(
                    property + " is \"" + value + "\"; it has to be " + bound + ": " + e.getMessage());
        }
    }
}
