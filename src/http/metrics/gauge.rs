//! A gauge without labels.

use prometheus_client::encoding::{DescriptorEncoder, EncodeGaugeValue, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;

/// Writes a gauge without labels, if its value is known.
pub(super) fn gauge<N: EncodeGaugeValue>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    value: Option<ConstGauge<N>>,
) -> std::fmt::Result
where
    ConstGauge<N>: EncodeMetric,
{
    let Some(value) = value else { return Ok(()) };
    value.encode(encoder.encode_descriptor(name, help, None, value.metric_type())?)
}
