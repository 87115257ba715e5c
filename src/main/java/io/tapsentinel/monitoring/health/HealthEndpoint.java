package io.tapsentinel.monitoring.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.config.OwnSecrets;
import io.tapsentinel.net.LoopbackName;
import io.vertx.core.Handler;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;

/**
 * Replaces Camel Main's health endpoints, which handle one request at a time: a liveness probe would wait for the store while a
 * readiness probe or a scrape accesses it. Also refuses requests that are not reads.
 */
public final class HealthEndpoint {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Ahead of Camel Main's routes. */
    private static final int FIRST = -1;

    private final CamelContext camel;

    private HealthEndpoint(CamelContext camel) {
        this.camel = camel;
    }

    /** Replaces the endpoints after the start; does nothing without a management server. */
    public static void serve(CamelContext camel) {
        ManagementHttpServer server = camel.hasService(ManagementHttpServer.class);
        if (server == null) {
            return;
        }
        boolean loopbackOnly = LoopbackName.is(server.getHost());
        server.getRouter().getRoutes().stream()
                .filter(route -> route.methods() != null && route.methods().contains(HttpMethod.GET))
                .forEach(route -> route.method(HttpMethod.HEAD));
        server.getRouter().route().order(FIRST).handler(request -> admit(request, loopbackOnly));
        if (server.isHealthCheckEnabled()) {
            new HealthEndpoint(camel).serve(server.getRouter(), server.getHealthPath());
        }
    }

    /** Admits reads only. On loopback the Host header must name this machine; elsewhere any name will do, as probes use the pod's. */
    private static void admit(RoutingContext request, boolean loopbackOnly) {
        HttpMethod method = request.request().method();
        if (loopbackOnly && !LoopbackName.isIn(request.request().getHeader(HttpHeaders.HOST))) {
            request.response()
                    .setStatusCode(421)
                    .end("this server accepts requests for localhost only (camel.management.host)\n");
        } else if (method == HttpMethod.GET || method == HttpMethod.HEAD) {
            request.next();
        } else {
            request.response()
                    .setStatusCode(method == HttpMethod.OPTIONS ? 204 : 405)
                    .putHeader(HttpHeaders.ALLOW, "GET, HEAD")
                    .end();
        }
    }

    private void serve(VertxPlatformHttpRouter router, String path) {
        List<Route> before = router.getRoutes().stream()
                .filter(route -> route.getPath() != null && (route.getPath() + "/").startsWith(path + "/"))
                .toList();
        // on the server's own thread: liveness must not wait for a free worker
        router.route(path + "/live").handler(request -> answer(request, HealthCheck::isLiveness, Map.of(), false));
        // separate from the status page's workers, which may all wait for the store
        WorkerExecutor workers = router.vertx().createSharedWorkerExecutor("health");
        router.route(path + "/ready")
                .handler(on(workers, request -> answer(request, HealthCheck::isReadiness, begun(), true)));
        router.route(path).handler(on(workers, request -> answer(request, any -> true, begun(), false)));
        before.forEach(Route::remove);
    }

    private static Handler<RoutingContext> on(WorkerExecutor workers, Handler<RoutingContext> answer) {
        return request -> workers.executeBlocking(
                        () -> {
                            answer.handle(request);
                            return null;
                        },
                        false)
                .onFailure(request::fail);
    }

    private Map<ProgramHealthCheck, Supplier<Findings>> begun() {
        return ProgramHealthCheck.beginAll(camel);
    }

    /** @param strict whether an unknown state counts as DOWN */
    private void answer(
            RoutingContext request,
            Predicate<HealthCheck> which,
            Map<ProgramHealthCheck, Supplier<Findings>> begun,
            boolean strict) {
        String level = request.request().getParam("exposureLevel");
        if (level == null) {
            level = HealthCheckRegistry.get(camel).getExposureLevel();
        }
        Collection<Result> results = HealthCheckHelper.invoke(
                camel,
                check -> begun.containsKey(check) ? Map.of(ProgramHealthCheck.BEGUN, begun.get(check)) : Map.of(),
                which.negate(),
                level);
        boolean up = HealthCheckHelper.isResultsUp(results, strict);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", up ? State.UP : State.DOWN);
        if (!"oneline".equals(level)) {
            boolean full = "full".equals(level);
            boolean data = "true".equals(request.request().getParam("data"));
            List<Object> checks = new ArrayList<>();
            results.stream()
                    .filter(result -> full || result.getState() == State.DOWN)
                    .forEach(result -> checks.add(describe(result, data)));
            answer.put("checks", checks);
        }
        try {
            request.response()
                    .setStatusCode(up ? 200 : 503)
                    .putHeader("content-type", "application/json")
                    .end(OwnSecrets.mask(JSON.writeValueAsString(answer)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> describe(Result result, boolean data) {
        Map<String, Object> check = new LinkedHashMap<>();
        check.put("name", result.getCheck().getId());
        check.put("status", result.getState());
        result.getError().ifPresent(error -> check.put("error-message", String.valueOf(error.getMessage())));
        result.getMessage().ifPresent(message -> check.put("message", message));
        if (data) {
            check.put("data", new TreeMap<>(result.getDetails()));
        }
        return check;
    }
}
