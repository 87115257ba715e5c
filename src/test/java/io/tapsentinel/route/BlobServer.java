package io.tapsentinel.route;

import com.sun.net.httpserver.HttpExchange;
import io.tapsentinel.sandbox.LoopbackServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** One container over http with faults that no emulator has: lists its blobs page by page and answers as the test says. */
final class BlobServer implements AutoCloseable {

    static final String ACCOUNT = "accountofatest";
    /** Half of the body, then the end of the connection. */
    static final int BROKEN = -1;

    private static final String ROOT = "/" + ACCOUNT + "/answers";

    private final Map<String, Version> blobs = new ConcurrentSkipListMap<>();
    private final Map<String, Deque<Fault>> faults = new ConcurrentHashMap<>();
    private final List<String> fetched = new CopyOnWriteArrayList<>();
    private final List<String> markers = new CopyOnWriteArrayList<>();
    private final LoopbackServer server = LoopbackServer.start(this::handle, 0);
    private volatile int page = 5_000;
    private int versions;

    private record Version(String etag, byte[] content) {}

    private record Fault(int status, String code) {}

    BlobServer() throws IOException {}

    URI endpoint() {
        return server.uri().resolve("/" + ACCOUNT);
    }

    /** Puts a blob, or another version of it. */
    synchronized void put(String name, String content) {
        blobs.put(name, new Version("0x" + ++versions, content.getBytes(StandardCharsets.UTF_8)));
    }

    /** Blobs of a page. */
    void page(int blobsOfOne) {
        page = blobsOfOne;
    }

    /** The next requests for a blob, or for the listing where the name is empty, get this; others get what is there. */
    void refuse(String name, int times, int status, String code) {
        for (int i = 0; i < times; i++) {
            faults.computeIfAbsent(name, none -> new ConcurrentLinkedDeque<>()).add(new Fault(status, code));
        }
    }

    /** Names of all blobs that were asked for, in order. */
    List<String> fetched() {
        return List.copyOf(fetched);
    }

    /** Markers of all requests for a page; empty for a first page. */
    List<String> markers() {
        return List.copyOf(markers);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = URLDecoder.decode(exchange.getRequestURI().getRawPath(), StandardCharsets.UTF_8);
        boolean listing = path.equals(ROOT);
        String name = listing ? "" : path.substring(ROOT.length() + 1);
        if (!listing) {
            fetched.add(name);
        }
        Deque<Fault> next = faults.get(name);
        Fault fault = next == null ? null : next.poll();
        if (fault != null && fault.status() != BROKEN) {
            exchange.getResponseHeaders().set("x-ms-error-code", fault.code());
            answer(
                    exchange,
                    fault.status(),
                    "<Error><Code>" + fault.code() + "</Code><Message>c0ntent-m4rker</Message></Error>");
        } else if (listing) {
            answer(
                    exchange,
                    200,
                    listing(String.valueOf(exchange.getRequestURI().getQuery())));
        } else {
            blob(exchange, blobs.get(name), fault != null);
        }
        exchange.close();
    }

    private void blob(HttpExchange exchange, Version blob, boolean broken) throws IOException {
        if (blob == null || !exchange.getRequestHeaders().getFirst("If-Match").equals('"' + blob.etag() + '"')) {
            exchange.getResponseHeaders().set("x-ms-error-code", "ConditionNotMet");
            answer(exchange, 412, "<Error><Code>ConditionNotMet</Code><Message>no</Message></Error>");
            return;
        }
        exchange.getResponseHeaders().set("ETag", '"' + blob.etag() + '"');
        exchange.getResponseHeaders().set("x-ms-blob-type", "BlockBlob");
        exchange.sendResponseHeaders(200, blob.content().length);
        exchange.getResponseBody().write(blob.content(), 0, broken ? blob.content().length / 2 : blob.content().length);
    }

    private String listing(String query) {
        String marker = query.contains("marker=") ? query.replaceAll(".*marker=([^&]*).*", "$1") : "";
        markers.add(marker);
        StringBuilder xml = new StringBuilder(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"answers\"><Blobs>");
        String last = "";
        int left = page;
        for (Map.Entry<String, Version> blob : blobs.entrySet()) {
            if (blob.getKey().compareTo(marker) > 0 && left-- > 0) {
                last = blob.getKey();
                xml.append("<Blob><Name>")
                        .append(last)
                        .append("</Name><Properties><Etag>")
                        .append(blob.getValue().etag())
                        .append("</Etag><Content-Length>")
                        .append(blob.getValue().content().length)
                        .append("</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>");
            }
        }
        return xml.append("</Blobs><NextMarker>")
                .append(left < 0 ? last : "")
                .append("</NextMarker></EnumerationResults>")
                .toString();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.close();
    }
}
