package io.tapsentinel.app;

import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.read.TriggerPlan;
import io.tapsentinel.rejected.FileEndpoint;
import io.tapsentinel.store.SharedTriggers;
import org.apache.camel.Service;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/** Camel's own settings: properties, spooling, shutdown timeout, triggers. */
final class CamelPart extends MainListenerSupport {

    /** Larger answers, in bytes, are spooled to disk. */
    private static final int SPOOL_OVER = 1_000_000;

    private final RunContext run;

    private CamelPart(RunContext run) {
        this.run = run;
    }

    static void add(RunContext run) {
        Main main = run.main();
        Settings settings = run.settings();
        String file = EffectiveProperties.FILE + ";optional=true";
        main.setPropertyPlaceholderLocations("file:" + file + ",classpath:" + file);
        // routes see the values that were checked
        EffectiveProperties.forRoutes(run.properties()).forEach(main::addOverrideProperty);
        settings.archive()
                .uri()
                .ifPresent(uri -> main.addOverrideProperty("tap.archive.uri", FileEndpoint.closed(uri)));
        main.addOverrideProperty("camel.main.stream-caching-enabled", "true");
        main.addOverrideProperty("camel.main.stream-caching-spool-enabled", "true");
        main.addOverrideProperty(
                "camel.main.stream-caching-spool-directory", settings.spool().toString());
        // Camel would delete the folder with all its files
        main.addOverrideProperty("camel.main.stream-caching-remove-spool-directory-when-stopping", "false");
        main.addOverrideProperty("camel.main.stream-caching-spool-threshold", String.valueOf(SPOOL_OVER));
        main.addOverrideProperty(
                "camel.main.shutdown-timeout",
                String.valueOf(settings.shutdownTimeout().toSeconds()));
        main.bind("thread-pools", new CamelThreadPools(run.fatal()));
        main.addMainListener(new CamelPart(run));
    }

    @Override
    public void beforeInitialize(BaseMainSupport main) {
        // the environment is already part of the properties and must not override the sandbox's addresses
        PropertiesComponent own = (PropertiesComponent) main.getCamelContext().getPropertiesComponent();
        own.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_FALLBACK);
        own.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_FALLBACK);
    }

    @Override
    public void beforeConfigure(BaseMainSupport main) {
        main.getCamelContext().getCamelContextExtension().registerEndpointCallback((uri, endpoint) -> {
            if (endpoint instanceof QuartzEndpoint schedule) {
                TriggerPlan.inUtc(schedule);
            }
            return endpoint;
        });
        if (run.settings().state().isShared()
                && main.getCamelContext().getComponent("quartz") instanceof QuartzComponent quartz) {
            quartz.setProperties(SharedTriggers.properties(
                    run.settings().state(), run.settings().source()));
            quartz.setPrefixInstanceName(false);
        }
    }

    @Override
    public void afterStart(BaseMainSupport main) {
        if (main.getCamelContext().hasComponent("quartz") instanceof QuartzComponent quartz) {
            addService(main, new TriggerPlan(quartz, run.clock()));
        }
    }

    static void addService(BaseMainSupport main, Service service) {
        try {
            main.getCamelContext().addService(service);
        } catch (Exception e) {
            throw new IllegalStateException(service.getClass().getSimpleName() + " cannot be started", e);
        }
    }
}
