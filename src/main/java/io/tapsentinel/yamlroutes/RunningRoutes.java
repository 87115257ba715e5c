package io.tapsentinel.yamlroutes;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.NodeIdFactory;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Replaces the YAML routes of a running Camel. Only routes of changed files are restarted; routes in Java are not touched. Not
 * thread-safe.
 */
final class RunningRoutes {

    private final ModelCamelContext model;
    private RouteFiles running;

    /** @param running the files loaded at the start */
    RunningRoutes(CamelContext context, RouteFiles running) {
        this.model = (ModelCamelContext) context;
        this.running = running;
    }

    boolean isRunning(RouteFiles files) {
        return running.equals(files);
    }

    /**
     * Replaces the running set. Stopping a route waits for its exchanges, as at a stop of the program.
     *
     * @return what was done, for a log line
     * @throws Exception when Camel cannot start a route; the previous set is restored, or its own failure is added as suppressed
     */
    String replaceBy(RouteFiles next) throws Exception {
        Set<String> files = findDiffering(running, next);
        try {
            String done = String.join(", ", files) + ": " + replace(files, next);
            running = next;
            return done;
        } catch (Exception e) {
            try {
                replace(files, running);
            } catch (Exception again) {
                e.addSuppressed(again);
                // the next set then counts as changed in every file
                running = new RouteFiles(new TreeMap<>());
            }
            throw e;
        }
    }

    private String replace(Set<String> files, RouteFiles next) throws Exception {
        List<Resource> texts = files.stream()
                .filter(next.texts()::containsKey)
                .map(file -> ResourceHelper.fromString(file, next.texts().get(file)))
                .toList();
        List<RoutesBuilder> builders =
                List.copyOf(PluginHelper.getRoutesLoader(model).findRoutesBuilders(texts));
        Set<String> ids = new LinkedHashSet<>();
        for (RoutesBuilder builder : builders) {
            if (builder instanceof RouteBuilder routes) {
                routes.configureRoutes(model).getRoutes().forEach(route -> ids.add(id(route)));
            }
        }
        Set<String> gone = new TreeSet<>();
        for (RouteDefinition route : List.copyOf(model.getRouteDefinitions())) {
            // first, since a renamed route has the same input
            if (files.contains(file(route)) && !ids.contains(id(route))) {
                model.removeRouteDefinition(route);
                gone.add(id(route));
            }
        }
        for (RoutesBuilder builder : builders) {
            builder.updateRoutesToCamelContext(model);
        }
        return (ids.isEmpty() ? "" : "restarted " + String.join(", ", ids))
                + (ids.isEmpty() || gone.isEmpty() ? "" : "; ")
                + (gone.isEmpty() ? "" : "removed " + String.join(", ", gone));
    }

    private static Set<String> findDiffering(RouteFiles one, RouteFiles other) {
        Set<String> names = new TreeSet<>(one.texts().keySet());
        names.addAll(other.texts().keySet());
        names.removeIf(
                name -> Objects.equals(one.texts().get(name), other.texts().get(name)));
        return names;
    }

    private String id(RouteDefinition route) {
        return route.idOrCreate(model.getCamelContextExtension().getContextPlugin(NodeIdFactory.class));
    }

    /** The name of a route's file; empty for a route in Java. */
    private static String file(RouteDefinition route) {
        String location = route.getResource() == null ? "" : route.getResource().getLocation();
        return location.substring(Math.max(location.lastIndexOf('/'), location.lastIndexOf(':')) + 1);
    }
}
