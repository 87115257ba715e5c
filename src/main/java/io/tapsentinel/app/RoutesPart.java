package io.tapsentinel.app;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.health.HealthChecks;
import io.tapsentinel.yamlroutes.LookupFiles;
import io.tapsentinel.yamlroutes.RouteContract;
import io.tapsentinel.yamlroutes.RouteFiles;
import io.tapsentinel.yamlroutes.RoutesReload;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.SimpleTypeConverter;

/** Loads and checks the YAML routes and reloads edits. A {@code routes/} folder replaces all packaged routes. */
public final class RoutesPart extends MainListenerSupport {

    /** Property: reload edited routes while the program runs. */
    public static final String RELOAD = "camel.main.routes-reload-enabled";

    private final RoutesReload reload;

    private RoutesPart(RoutesReload reload) {
        this.reload = reload;
    }

    /** @throws InvalidSettingException with every problem if the routes are refused */
    static void add(RunContext run) {
        Path folder = run.parts().routesFolder();
        boolean own = RouteFiles.areIn(folder);
        RouteFiles files = own ? RouteFiles.in(folder) : RouteFiles.packaged();
        List<String> problems = RouteContract.check(files, run.properties());
        if (!problems.isEmpty()) {
            throw new InvalidSettingException("routes/ is refused: " + String.join("; ", problems));
        }
        run.main()
                .configure()
                .setRoutesIncludePattern(
                        (own ? "file:" + folder : "classpath:" + RouteFiles.FOLDER) + "/" + RouteFiles.PATTERN);
        // Camel's own reload handles one file at a time and does not check it
        run.main().addOverrideProperty(RELOAD, "false");
        RoutesReload reload = null;
        if (own && Boolean.parseBoolean(run.properties().get(RELOAD))) {
            reload = new RoutesReload(
                    folder, files, run.properties(), run.parts().reloadPace());
            run.main().bind("tap-routes", HealthChecks.ofRoutes(reload));
        }
        run.main().bind(LookupFiles.BEAN, new LookupFiles(Path.of(""), run.clock()));
        run.main().addMainListener(new RoutesPart(reload));
    }

    /** A converter for the router, which compares types with text. Without it, Camel's search for one takes half the time per event. */
    @Override
    public void beforeConfigure(BaseMainSupport main) {
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
    }

    @Override
    public void afterStart(BaseMainSupport main) {
        if (reload != null) {
            CamelPart.addService(main, reload);
        }
    }
}
