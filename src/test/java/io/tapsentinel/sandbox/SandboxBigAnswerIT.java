package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("full")
class SandboxBigAnswerIT {

    @Test
    void bigAnswerIsStreamed() throws Exception {
        try (TapFixture fixture = new TapFixture(SandboxSettings.defaults().eventsPerHour(150_000))) {
            String hour = TapFixture.interval(TapFixture.NOON.minusSeconds(7_200), TapFixture.NOON.minusSeconds(3_600))
                    + "&format=json";
            HttpResponse<InputStream> response = fixture.stream(fixture.request("/v2/siem/all", hour));
            long bytes = 0;
            byte[] buffer = new byte[1 << 16];
            try (InputStream body = response.body()) {
                for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                    bytes += read;
                }
            }
            assertThat(bytes).isGreaterThan(200_000_000);
        }
    }
}
