package io.tapsentinel.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** One request to a {@link ScriptedServer} and ways to answer it. Not thread-safe. */
public final class ScriptedRequest {

    private static final Set<String> OF_THE_CONNECTION =
            Set.of("host", "content-length", "connection", "transfer-encoding", "upgrade", "http2-settings", ":status");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Socket socket;
    private final URI service;
    private final String method;
    private final String target;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private byte[] body = {};
    private boolean answered;

    /** A complete answer; header names in lower case. */
    public record Answer(int status, Map<String, String> headers, byte[] body) {
        /** The same with this header set. */
        public Answer with(String name, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(name, value);
            return new Answer(status, more, body);
        }

        public static Answer of(int status, String type, String text) {
            return new Answer(status, Map.of("content-type", type), text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private ScriptedRequest(Socket socket, URI service, String[] line) {
        this.socket = socket;
        this.service = service;
        this.method = line[0];
        this.target = line[1];
    }

    /** The next request of a connection; null if the client has closed it. */
    public static ScriptedRequest read(InputStream in, Socket socket, URI service) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            return null;
        }
        ScriptedRequest call = new ScriptedRequest(socket, service, first.split(" "));
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            call.headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        call.body = in.readNBytes(Integer.parseInt(call.headers.getOrDefault("content-length", "0")));
        return call;
    }

    /** Path and query. */
    public String target() {
        return target;
    }

    /** A header of the request; empty if missing. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** The uncompressed body. */
    public byte[] body() throws IOException {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        }
    }

    /** Forwards the request and returns the uncompressed answer. */
    public Answer forward() throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve(target))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach((name, value) -> {
            if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                request.setHeader(name, value);
            }
        });
        request.setHeader("accept-encoding", "identity");
        HttpResponse<byte[]> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        Map<String, String> kept = new TreeMap<>();
        response.headers().map().forEach((name, values) -> {
            if (!OF_THE_CONNECTION.contains(name)) {
                kept.put(name, values.get(0));
            }
        });
        return new Answer(response.statusCode(), kept, response.body());
    }

    /** Sends a complete answer. */
    public void send(Answer answer) throws IOException {
        OutputStream out = head(answer);
        out.write(answer.body());
        out.flush();
        answered = true;
    }

    public void send(int status, String text) throws IOException {
        send(Answer.of(status, "text/plain", text));
    }

    /** Sends a head that announces the whole body, but no body. */
    public OutputStream head(Answer answer) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " Scripted\r\n");
        answer.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        if (answer.status() != 204) {
            head.append("content-length: ").append(answer.body().length).append("\r\n");
        }
        OutputStream out = socket.getOutputStream();
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        return out;
    }

    /** Sends these characters only. */
    public void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The same with bytes. */
    public void write(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    /** Marks an answer written in pieces as complete. */
    public void answered() {
        answered = true;
    }

    public boolean isAnswered() {
        return answered;
    }

    /** Resets the connection instead of closing it. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }
}
