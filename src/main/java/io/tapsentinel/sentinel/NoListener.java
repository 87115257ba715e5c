package io.tapsentinel.sentinel;

import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.batch.DeliveryListener;
import io.tapsentinel.sentinel.upload.UploadException;
import java.time.Duration;
import java.util.List;

/** Hears nothing. */
final class NoListener implements DeliveryListener {

    @Override
    public void requested(Duration took) {}

    @Override
    public void acknowledged(List<TapEvent> events, int bytes) {}

    @Override
    public void accepted() {}

    @Override
    public void failing(UploadException failure, boolean needsPerson) {}

    @Override
    public void givenUp(Exception failure) {}
}
