package io.tapsentinel.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connections with requests that never complete. */
public final class HalfOpenConnections implements AutoCloseable {

    private final List<SocketChannel> channels = new ArrayList<>();

    private HalfOpenConnections() {}

    /** @param sent start of the request; may be empty */
    public static HalfOpenConnections open(int number, int port, String sent) throws IOException {
        HalfOpenConnections connections = new HalfOpenConnections();
        try {
            for (int i = 0; i < number; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                connections.channels.add(channel);
                channel.configureBlocking(false);
                write(channel, sent);
            }
            return connections;
        } catch (IOException | RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    private static void write(SocketChannel channel, String sent) {
        try {
            channel.write(ByteBuffer.wrap(sent.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            // already closed by the server; open() notices
        }
    }

    /** Number of connections that the server has not closed. */
    public long open() {
        return channels.stream().filter(HalfOpenConnections::isOpen).count();
    }

    private static boolean isOpen(SocketChannel channel) {
        try {
            return channel.read(ByteBuffer.allocate(64)) >= 0;
        } catch (IOException reset) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
