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

/** The operator's routes: a folder of them, which wins over the packaged ones as a whole, is checked and may be watched. */
public final class RoutesPart extends MainListenerSupport {

    /** Whether an edit of the folder is used while the program runs. */
    public static final String RELOAD = "camel.main.routes-reload-enabled";

    private final RoutesReload reload;

    private RoutesPart(RoutesReload reload) {
        this.reload = reload;
    }

    /** @throws InvalidSettingException when the routes are refused, with each reason */
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
        // Camel's own reload looks at one file at a time and checks none of them
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

    /**
     * The router compares types with words. Without a converter of its own each comparison tries all of Camel's, which took half of the
     * time of every event.
     */
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
