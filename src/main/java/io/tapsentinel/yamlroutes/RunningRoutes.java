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
 * The routes of a folder in a running Camel. Only routes of files whose text differs are stopped and started; those that Java
 * made are left alone. Not for concurrent use.
 */
final class RunningRoutes {

    private final ModelCamelContext model;
    private RouteFiles running;

    /** @param running what was loaded at the start */
    RunningRoutes(CamelContext context, RouteFiles running) {
        this.model = (ModelCamelContext) context;
        this.running = running;
    }

    boolean isRunning(RouteFiles files) {
        return running.equals(files);
    }

    /**
     * Puts another set in the place of the one that runs; stopping a route waits for its exchanges as a stop of the program does.
     *
     * @return what was done, for a log line
     * @throws Exception what Camel says when it cannot start a route; the set before is back then, or its failure is suppressed in it
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
                // so that the next set is applied as a whole
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
            // first of all, since a renamed route listens where its old self does
            if (files.contains(file(route)) && !ids.contains(id(route))) {
                model.removeRouteDefinition(route);
                gone.add(id(route));
            }
        }
        for (RoutesBuilder builder : builders) {
            builder.updateRoutesToCamelContext(model);
        }
        return "routes " + (ids.isEmpty() ? "" : String.join(", ", ids) + " started anew")
                + (ids.isEmpty() || gone.isEmpty() ? "" : ", ")
                + (gone.isEmpty() ? "" : String.join(", ", gone) + " removed");
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

    /** The name of the file that a route is from; empty for Java's. */
    private static String file(RouteDefinition route) {
        String location = route.getResource() == null ? "" : route.getResource().getLocation();
        return location.substring(Math.max(location.lastIndexOf('/'), location.lastIndexOf(':')) + 1);
    }
}
