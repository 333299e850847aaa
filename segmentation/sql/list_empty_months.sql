-- Grain: one row per month of the window, from the company's first purchase on, without one purchase in the company.
-- Reads: segmentation_purchaseday. Parameters: window_start, window_end.
SELECT month::date AS month
FROM generate_series(%(window_start)s::timestamp, %(window_end)s::date - 1, interval '1 month') AS calendar (month)
WHERE NOT EXISTS (
          SELECT 1 FROM segmentation_purchaseday purchase
          WHERE purchase.day >= month::date AND purchase.day < (month + interval '1 month')::date
      )
  AND EXISTS (SELECT 1 FROM segmentation_purchaseday purchase WHERE purchase.day < month::date)
ORDER BY month
