package io.tapsentinel.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Microsoft Entra ID for clients without a user, simulated: issues a new token for each request, valid for a day. */
public final class LoginServer implements HttpHandler {

    public static final String TENANT = "11111111-2222-3333-4444-555555555555";
    public static final String CLIENT = "66666666-7777-8888-9999-000000000000";

    /** Scope of tokens for storage accounts. */
    public static final String STORAGE = "https://storage.azure.com/.default";

    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile boolean refusing;

    /**
     * A request for a token.
     *
     * @param host in the request
     * @param form its parameters
     */
    public record Request(String host, Map<String, String> form) {
        public boolean isForStorage() {
            return form.getOrDefault("scope", "").contains(STORAGE);
        }
    }

    /** The n-th token that is not for storage, starting at 1. */
    public static String token(int n) {
        return "opaque-bearer-of-entra-" + n + "-end";
    }

    /** Whether it is a {@link #token}; a program requests another one after a lost answer. */
    public static boolean isToken(String token) {
        return token.matches("opaque-bearer-of-entra-\\d+-end");
    }

    /** A token for storage accounts, which check only its claims. */
    public static String storageToken() {
        long now = Instant.now().getEpochSecond();
        return Stream.of(
                        "{\"alg\":\"none\",\"typ\":\"JWT\"}",
                        "{\"aud\":\"https://storage.azure.com\",\"iss\":\"https://sts.windows.net/" + TENANT
                                + "/\",\"iat\":" + now + ",\"nbf\":" + (now - 60) + ",\"exp\":" + (now + 86_399) + "}",
                        "signature")
                .map(part ->
                        Base64.getUrlEncoder().withoutPadding().encodeToString(part.getBytes(StandardCharsets.UTF_8)))
                .collect(Collectors.joining("."));
    }

    /** Refuses the client while true. */
    public void refuse(boolean value) {
        refusing = value;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public synchronized void handle(HttpExchange exchange) throws IOException {
        String host = exchange.getRequestHeaders().getFirst("Host");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        if (path.endsWith("/discovery/instance")) {
            JsonAnswer.send(
                    exchange,
                    200,
                    "{\"tenant_discovery_endpoint\":\"https://" + host + "/" + TENANT
                            + "/v2.0/.well-known/openid-configuration\","
                            + "\"api-version\":\"1.1\",\"metadata\":[{\"preferred_network\":\"" + host
                            + "\",\"preferred_cache\":\"" + host
                            + "\",\"aliases\":[\"" + host + "\"]}]}");
        } else if (!path.equals("/" + TENANT + "/oauth2/v2.0/token")) {
            JsonAnswer.send(exchange, 404, "{\"error\":\"not_found\",\"error_description\":\"no such path\"}");
        } else {
            requests.add(new Request(host, form(body)));
            String token = requests.get(requests.size() - 1).isForStorage()
                    ? storageToken()
                    : token((int) requests.stream()
                            .filter(request -> !request.isForStorage())
                            .count());
            JsonAnswer.send(
                    exchange,
                    refusing ? 401 : 200,
                    refusing
                            ? "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret provided.\",\"error_codes\":[7000215]}"
                            : "{\"token_type\":\"Bearer\",\"expires_in\":86399,\"ext_expires_in\":86399,\"access_token\":\""
                                    + token + "\"}");
        }
    }

    private static Map<String, String> form(String body) {
        Map<String, String> form = new ConcurrentHashMap<>();
        for (String pair : body.split("&")) {
            String[] parts = pair.split("=", 2);
            form.put(
                    URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                    URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return form;
    }
}
