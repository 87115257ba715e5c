package io.tapsentinel.yamlroutes;

import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.event.EventType;
import io.tapsentinel.read.SeenRepository;
import io.tapsentinel.sentinel.SentinelComponent;
import io.tapsentinel.sentinel.SentinelEndpoint;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteDefinitionHelper;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.quartz.CronExpression;

/**
 * A set of routes as Camel's model, with file and line of each step. Its context is never started, so no folder is created and no
 * connection opened.
 */
final class RouteSet implements AutoCloseable {

    private static final Pattern CRON = Pattern.compile("^quartz:.*[?&]cron=([^&]*)");

    /** A list, or a Camel K resource, after any comments. */
    private static final Pattern LIST =
            Pattern.compile("\\A\\uFEFF?(\\s*(#.*|---.*|%.*)?\\R)*\\s*(-\\s|\\[|apiVersion:)");

    private final DefaultCamelContext context = new DefaultCamelContext(false);
    private final List<String> unreadable = new ArrayList<>();
    private final Set<String> replacedBeans = new TreeSet<>();

    /** @param properties effective values, for placeholders */
    RouteSet(RouteFiles files, Map<String, String> properties) {
        context.setSourceLocationEnabled(true);
        PropertiesComponent placeholders = (PropertiesComponent) context.getPropertiesComponent();
        placeholders.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_FALLBACK);
        placeholders.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_FALLBACK);
        placeholders.setLocation("classpath:" + EffectiveProperties.FILE + ";optional=true");
        Properties overrides = new Properties();
        overrides.putAll(EffectiveProperties.forRoutes(properties));
        placeholders.setOverrideProperties(overrides);
        context.addComponent("sentinel", new SentinelComponent());
        for (EventType type : EventType.values()) {
            context.getRegistry().bind(type.repository(), new SeenRepository(type, null));
        }
        context.getRegistry().bind(LookupFiles.BEAN, new LookupFiles(Path.of(""), Clock.systemUTC()));
        context.build();
        Map<String, Object> own = new HashMap<>();
        Stream.concat(
                        RouteContract.OWN_BEANS.stream(),
                        Stream.of(EventType.values()).map(EventType::repository))
                .forEach(name -> own.put(name, context.getRegistry().lookupByName(name)));
        files.texts().forEach(this::load);
        own.forEach((name, bean) -> {
            if (context.getRegistry().lookupByName(name) != bean) {
                replacedBeans.add(name);
            }
        });
    }

    /** The program's beans that the files replace. */
    Set<String> replacedBeans() {
        return replacedBeans;
    }

    private void load(String file, String text) {
        if (!LIST.matcher(text).find()) {
            // Camel skips such a file without a message
            unreadable.add(file + ": is not a list of routes; each route begins with \"- route:\"");
            return;
        }
        try {
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(file, text));
        } catch (Exception e) {
            String reason = CamelFailure.describe(e);
            unreadable.add((reason.contains(file) ? "" : file + ": ") + reason);
        }
    }

    /** Problems of files that Camel cannot load. */
    List<String> unreadable() {
        return unreadable;
    }

    List<RouteDefinition> routes() {
        return context.getRouteDefinitions();
    }

    /** The onCompletion steps of route configurations, as steps of a route without input. */
    Stream<Step> completions() {
        return context.getRouteConfigurationDefinitions().stream().flatMap(configuration -> {
            RouteDefinition steps = new RouteDefinition();
            steps.setId("routeConfiguration " + configuration.getId());
            return configuration.getOnCompletions().stream().map(completion -> new Step(steps, completion));
        });
    }

    /** A route's input without options. */
    String input(RouteDefinition route) {
        return Step.base(resolve(route.getInput().getEndpointUri()));
    }

    /** A step's target without options; empty when it has none. */
    String target(Step step) {
        return step.uri().map(uri -> Step.base(resolve(uri))).orElse("");
    }

    /** The text with its placeholders replaced; unchanged when one is unknown. */
    String resolve(String uri) {
        try {
            return context.resolvePropertyPlaceholders(uri);
        } catch (IllegalArgumentException e) {
            return uri;
        }
    }

    /** Whether the route's precondition holds; one that cannot be evaluated counts as true. */
    boolean isIncluded(RouteDefinition route) {
        try {
            return route.getPrecondition() == null
                    || context.resolveLanguage("simple")
                            .createPredicate(resolve(route.getPrecondition()))
                            .matches(new DefaultExchange(context));
        } catch (RuntimeException e) {
            return true;
        }
    }

    /** Whether the cron of a Quartz route is invalid, which Camel notices only when the route starts. */
    boolean hasBadCron(RouteDefinition route) {
        Matcher cron = CRON.matcher(resolve(route.getInput().getEndpointUri()));
        return cron.find()
                && !cron.group(1).contains("{{")
                && !CronExpression.isValidExpression(cron.group(1).replace('+', ' '));
    }

    /** Why Camel refuses this endpoint; empty when it does not. */
    Optional<String> refusal(String uri) {
        try {
            if (context.getEndpoint(uri) instanceof SentinelEndpoint sentinel) {
                // checks the table and the bounds of options
                sentinel.createProducer();
            }
            return Optional.empty();
        } catch (Exception e) {
            return Optional.of(CamelFailure.describe(e, uri));
        }
    }

    /** Why Camel refuses to build this route; empty when it does not. */
    Optional<String> refusal(RouteDefinition route) {
        try {
            if (!route.isPrepared()) {
                RouteDefinitionHelper.prepareRoute(context, route);
                route.markPrepared();
            }
            context.getModelReifierFactory().createRoute(context, route);
            return Optional.empty();
        } catch (Exception e) {
            return Optional.of(CamelFailure.describe(e));
        }
    }

    /** Whether Camel refuses a route of this step alone. */
    boolean isRefused(Step step) {
        RouteDefinition alone = new RouteDefinition();
        alone.setId(step.route().getRouteId());
        alone.setInput(step.route().getInput());
        alone.setErrorHandlerFactory(new NoErrorHandlerDefinition());
        alone.getOutputs().add(step.definition());
        alone.markPrepared();
        return refusal(alone).isPresent();
    }

    @Override
    public void close() {
        try {
            context.close();
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeCamelException(e);
        }
    }
}
